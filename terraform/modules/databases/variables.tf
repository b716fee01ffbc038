variable "project" {
  description = "Id of the Google Cloud project."
  type        = string
}

variable "location" {
  description = "Firestore location of the databases. It cannot change."
  type        = string
}

variable "databases" {
  description = "What each database is for, by its name: data, keys or directory. Backups follow from it."
  type        = map(string)

  validation {
    condition     = alltrue([for use in values(var.databases) : contains(["data", "keys", "directory"], use)])
    error_message = "A database is for data, keys or directory."
  }
}
