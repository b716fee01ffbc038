variable "project" {
  description = "Id of the Google Cloud project."
  type        = string
}

variable "region" {
  description = "Short name of the region: eu, us; the end of each topic's name."
  type        = string
}

variable "location" {
  description = "The one Google Cloud location that may hold messages."
  type        = string
}

variable "pubsub_agent" {
  description = "IAM member of the account that forwards dead letters."
  type        = string
}

variable "functions" {
  description = "The functions of functions.json, by name."
  type = map(object({
    trigger    = string
    topic      = optional(string)
    deadLetter = optional(object({ topic = string }))
  }))
}
