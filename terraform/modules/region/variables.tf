variable "project" {
  description = "Id of the Google Cloud project."
  type        = string
}

variable "region" {
  description = "Short name of the region, part of every tenant's id: eu, us. It cannot change."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}$", var.region))
    error_message = "A region has two letters."
  }
}

variable "place" {
  description = "Where the region is: location (functions, load balancer, model, messages, logs, secrets), scheduler, firestore, keys (Cloud KMS), storage."
  type = object({
    location  = string
    scheduler = string
    firestore = string
    keys      = string
    storage   = string
  })
}

variable "restored" {
  description = "Names of restored databases that functions use; data-<region> and keys-<region> where absent."
  type = object({
    data = optional(string)
    keys = optional(string)
  })
  default = {}
}

variable "domain" {
  description = "Domain below which the API (<region>.api) and the app (app) live, in lower case."
  type        = string
}

variable "runtime" {
  description = "Runtime of functions.json."
  type        = string
}

variable "functions" {
  description = "The functions of functions.json, by name, every field written out."
  type = map(object({
    trigger            = string
    paths              = list(string)
    public             = bool
    visitors           = bool
    topic              = string
    ackDeadlineSeconds = number
    retry              = object({ minimumBackoffSeconds = number, maximumBackoffSeconds = number })
    deadLetter         = object({ topic = string, maxDeliveryAttempts = number })
    schedule           = string
    timeZone           = string
    memoryMb           = number
    heapMb             = number
    concurrency        = number
    timeoutSeconds     = number
    minInstances       = number
    maxInstances       = number
    roles              = list(string)
    databases          = list(string)
    publishes          = list(string)
    buckets            = list(string)
    readsBuckets       = list(string)
    secrets            = list(string)
  }))
}

variable "environment" {
  description = "Settings that are the same in every region: model, sender of mail, browser key."
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

variable "pubsub_agent" {
  description = "IAM member of the account that pushes messages and forwards dead letters."
  type        = string
}

variable "key_rotator" {
  description = "Full name of the custom role that rotates keys."
  type        = string
}

variable "alert_email" {
  description = "Where operators read alerts."
  type        = string
}
