variable "project" {
  description = "Id of the Google Cloud project. One environment, one project."
  type        = string
}

variable "domain" {
  description = "Domain below which everything lives: app.<domain>, <region>.api.<domain>. In lower case."
  type        = string

  validation {
    condition     = var.domain == lower(var.domain)
    error_message = "The domain is written in lower case; the load balancer compares it with the host of each request."
  }
}

variable "site" {
  description = "Id of the Firebase Hosting site, unique among all Firebase projects."
  type        = string
}

variable "regions" {
  description = "Regions by short name, which is part of every tenant's id. Databases, keys and buckets cannot move."
  type = map(object({
    location  = string
    scheduler = string
    firestore = string
    keys      = string
    storage   = string
  }))

  validation {
    condition = alltrue([for place in try(values(var.regions.eu), []) :
      can(regex("^(europe|eur|EU)", place)) && !contains(["europe-west2", "europe-west6"], place)
    ])
    error_message = "Every place of region eu lies in the European Union (London and Zurich do not)."
  }

  validation {
    condition     = alltrue([for place in try(values(var.regions.us), []) : can(regex("^(us|nam|US)", place))])
    error_message = "Every place of region us lies in the United States."
  }
}

variable "restored" {
  description = "After a restore, by region: the names of the databases that functions use from then on, data-<region>-<letters and digits>."
  type = map(object({
    data = optional(string)
    keys = optional(string)
  }))
  default = {}
}

variable "home" {
  description = "Region that also holds what belongs to no region: memberships, and the functions' code."
  type        = string

  validation {
    condition     = contains(keys(var.regions), var.home)
    error_message = "The home region is one of the regions."
  }
}

variable "release" {
  description = "Name of the build to deploy, such as a commit."
  type        = string
}

variable "bundles" {
  description = "Folder on this machine with one <function>.zip each."
  type        = string
}

variable "model" {
  description = "Client library (genai or vertexai), and the names of the models, which every region must offer."
  type = object({
    client    = string
    name      = string
    embedding = string
  })
}

variable "mail_from" {
  description = "Sender of mail, as in Lethe <privacy@example.com>; Postmark must know it."
  type        = string
}

variable "alert_email" {
  description = "Where operators read alerts."
  type        = string
}

variable "signing_key_versions" {
  description = "Versions of every region's ledger-signing key in the order in which they began to sign, each but the first with the time: `1` or `1,2@2026-01-15T12:00:00Z`. The last one signs; a version that has signed stays in the list."
  type        = string
  default     = "1"
}
