variable "project" {
  description = "Id of the Google Cloud project."
  type        = string
}

variable "region" {
  description = "Short name of the region: eu, us."
  type        = string
}

variable "functions" {
  description = "The functions of functions.json, by name."
  type = map(object({
    roles        = list(string)
    databases    = optional(list(string), [])
    publishes    = optional(list(string), [])
    buckets      = optional(list(string), [])
    readsBuckets = optional(list(string), [])
    secrets      = optional(list(string), [])
  }))

  validation {
    condition = alltrue([for role in flatten([for spec in var.functions : spec.roles]) : contains([
      "lethe.keyRotator",
      "roles/aiplatform.user",
      "roles/cloudkms.cryptoKeyEncrypterDecrypter",
      "roles/cloudkms.signerVerifier",
      "roles/cloudkms.publicKeyViewer",
      "roles/datastore.user",
      "roles/firebaseauth.admin",
      "roles/iam.serviceAccountTokenCreator",
      "roles/pubsub.publisher",
      "roles/storage.objectUser",
      "roles/storage.objectViewer",
    ], role)])
    error_message = "A function holds a role that this module does not place on a resource."
  }

  validation {
    condition     = alltrue([for name, spec in var.functions : length(name) + 3 <= 30])
    error_message = "A function's name and its region must fit into the 30 characters of a service account's id."
  }
}

variable "databases" {
  description = "Names of the Firestore databases by their use: data, keys, default."
  type        = map(string)
}

variable "kek_id" {
  description = "Full name of the key that wraps tenant keys."
  type        = string
}

variable "signing_key_id" {
  description = "Full name of the key that signs checkpoints and receipts."
  type        = string
}

variable "key_rotator" {
  description = "Full name of the custom role that stands for lethe.keyRotator."
  type        = string
}

variable "topics" {
  description = "Names of the region's topics, by their name in functions.json."
  type        = map(string)
}

variable "buckets" {
  description = "Names of the region's buckets, by their use."
  type        = map(string)
}

variable "secrets" {
  description = "Ids of the region's secrets, by the setting that carries them."
  type        = map(string)
}
