variable "project" {
  description = "Id of the Google Cloud project."
  type        = string
}

variable "site" {
  description = "Id of the Hosting site, unique among all Firebase projects."
  type        = string
}

variable "host" {
  description = "Host name of console and widget, such as app.example.com."
  type        = string
}
