variable "project" {
  description = "Id of the Google Cloud project."
  type        = string
}

variable "region" {
  description = "Short name of the region: eu, us."
  type        = string
}

variable "location" {
  description = "Cloud KMS location. As wide as the databases', or losing one place would lose what the others still hold."
  type        = string
}
