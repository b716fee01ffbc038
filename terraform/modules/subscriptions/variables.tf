variable "project" {
  description = "Id of the Google Cloud project."
  type        = string
}

variable "region" {
  description = "Short name of the region: eu, us; the end of each subscription's name."
  type        = string
}

variable "location" {
  description = "Google Cloud location that the functions run in."
  type        = string
}

variable "pubsub_agent" {
  description = "IAM member of the account that pushes messages and forwards dead letters."
  type        = string
}

variable "functions" {
  description = "The functions of functions.json, by name."
  type = map(object({
    trigger            = string
    topic              = optional(string)
    ackDeadlineSeconds = optional(number)
    retry              = optional(object({ minimumBackoffSeconds = number, maximumBackoffSeconds = number }))
    deadLetter         = optional(object({ topic = string, maxDeliveryAttempts = number }))
  }))
}

variable "topics" {
  description = "Full name of each topic, by its name in functions.json."
  type        = map(string)
}

variable "dead" {
  description = "Full name of each dead-letter topic, by its name in functions.json."
  type        = map(string)
}

variable "services" {
  description = "Name of the Cloud Run service below each function, by function."
  type        = map(string)
}

variable "addresses" {
  description = "Each function's own address, by function."
  type        = map(string)
}
