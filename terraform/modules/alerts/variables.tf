variable "project" {
  description = "Id of the Google Cloud project."
  type        = string
}

variable "region" {
  description = "Short name of the region: eu, us."
  type        = string
}

variable "location" {
  description = "Google Cloud location of the region's functions."
  type        = string
}

variable "email" {
  description = "Where operators read alerts."
  type        = string
}

variable "oldest_message_seconds" {
  description = "How old a message may grow before operators are told. Ten attempts that fail at once take about 8 minutes."
  type        = number
  default     = 1800
}
