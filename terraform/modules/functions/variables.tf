variable "project" {
  description = "Id of the Google Cloud project."
  type        = string
}

variable "region" {
  description = "Short name of the region: eu, us."
  type        = string
}

variable "location" {
  description = "Google Cloud location that the functions run in."
  type        = string
}

variable "runtime" {
  description = "Runtime of functions.json, such as nodejs24."
  type        = string
}

variable "functions" {
  description = "The functions of functions.json, by name."
  type = map(object({
    trigger        = string
    public         = optional(bool, false)
    visitors       = optional(bool, false)
    memoryMb       = number
    heapMb         = optional(number)
    concurrency    = number
    timeoutSeconds = number
    minInstances   = number
    maxInstances   = number
    secrets        = optional(list(string), [])
  }))
}

variable "service_accounts" {
  description = "Address of each function's service account, by function."
  type        = map(string)
}

variable "builder" {
  description = "Full name of the account that builds the functions' images."
  type        = string
}

variable "bundle_bucket" {
  description = "Bucket of bundles."
  type        = string
}

variable "bundles" {
  description = "Path of each function's bundle in that bucket, by function."
  type        = map(string)
}

variable "environment" {
  description = "Settings of every function of the region; README lists them. Never a secret."
  type        = map(string)
}

variable "secrets" {
  description = "Ids of the region's secrets, by the setting that carries them."
  type        = map(string)
}
