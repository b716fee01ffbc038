variable "project" {
  description = "Id of the Google Cloud project."
  type        = string
}

variable "region" {
  description = "Short name of the region: eu, us."
  type        = string
}

variable "location" {
  description = "Google Cloud location that the functions run in; traffic is decrypted there."
  type        = string
}

variable "host" {
  description = "Host name of the region's API, such as eu.api.example.com, in lower case."
  type        = string
}

variable "functions" {
  description = "The functions of functions.json, by name."
  type = map(object({
    trigger = string
    public  = optional(bool, false)
    paths   = optional(list(string), [])
  }))

  validation {
    condition     = length([for spec in var.functions : spec if spec.trigger == "http" && spec.public && contains(spec.paths, "/v1")]) == 1
    error_message = "Exactly one public function takes /v1, which is the rest of the API."
  }
}

variable "services" {
  description = "Name of the Cloud Run service below each function, by function."
  type        = map(string)
}
