variable "project" {
  description = "Id of the Google Cloud project."
  type        = string
}

variable "region" {
  description = "Short name of the region: eu, us."
  type        = string
}

variable "location" {
  description = "Google Cloud location that the functions run in and their logs stay in."
  type        = string
}

variable "visited" {
  description = "Functions that visitors call: their request logs are kept nowhere."
  type        = list(string)
}

variable "retention_days" {
  description = "Days that a line of a function's log lives."
  type        = number
  default     = 30
}
