variable "project" {
  description = "Id of the Google Cloud project."
  type        = string
}

variable "region" {
  description = "Short name of the region: eu, us."
  type        = string
}

variable "location" {
  description = "The one place where the secrets are kept."
  type        = string
}

variable "names" {
  description = "Names of the settings that carry the secrets, such as STRIPE_KEY."
  type        = list(string)
}
