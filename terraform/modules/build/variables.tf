variable "project" {
  description = "Id of the Google Cloud project."
  type        = string
}

variable "location" {
  description = "Where the bundles' bucket is. It holds code and no personal data."
  type        = string
}

variable "functions" {
  description = "Names of the functions."
  type        = list(string)
}

variable "bundles" {
  description = "Folder on this machine with one <function>.zip each."
  type        = string
}

variable "release" {
  description = "Name of this build, such as a commit; a different name deploys every function again."
  type        = string

  validation {
    condition     = can(regex("^[a-zA-Z0-9._-]{1,64}$", var.release))
    error_message = "A release is named with letters, digits, dots, dashes and underscores."
  }
}
