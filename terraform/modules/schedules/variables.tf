variable "project" {
  description = "Id of the Google Cloud project."
  type        = string
}

variable "region" {
  description = "Short name of the region: eu, us; the end of each job's name."
  type        = string
}

variable "location" {
  description = "Google Cloud location that the functions run in."
  type        = string
}

variable "scheduler_location" {
  description = "Google Cloud location of the jobs: the functions' own, or one nearby where that has no Cloud Scheduler."
  type        = string
}

variable "functions" {
  description = "The functions of functions.json, by name."
  type = map(object({
    trigger        = string
    schedule       = optional(string)
    timeZone       = optional(string)
    timeoutSeconds = number
  }))
}

variable "services" {
  description = "Name of the Cloud Run service below each function, by function."
  type        = map(string)
}

variable "addresses" {
  description = "Each function's own address, by function."
  type        = map(string)
}
