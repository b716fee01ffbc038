variable "project" {
  description = "Id of the Google Cloud project; the first part of each bucket's name."
  type        = string
}

variable "region" {
  description = "Short name of the region: eu, us."
  type        = string
}

variable "location" {
  description = "Cloud Storage location of the region's buckets."
  type        = string
}
