terraform {
  required_version = "~> 1.11"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

# Logs of functions stay in their region. The platform's own request logs hold addresses: those of visitors are kept
# nowhere (one line of ours, without an address, replaces them), those of staff and machines are kept for security.

locals {
  here     = "resource.type=\"cloud_run_revision\" AND resource.labels.location=\"${var.location}\""
  names    = join(" OR ", [for name in var.visited : "\"${name}\""])
  requests = "logName=\"projects/${var.project}/logs/run.googleapis.com%2Frequests\" AND resource.labels.service_name=(${local.names})"
}

resource "google_logging_project_bucket_config" "functions" {
  project        = var.project
  location       = var.location
  bucket_id      = "lethe-functions"
  retention_days = var.retention_days
}

resource "google_logging_project_sink" "functions" {
  project                = var.project
  name                   = "functions-${var.region}"
  destination            = "logging.googleapis.com/${google_logging_project_bucket_config.functions.id}"
  filter                 = local.here
  unique_writer_identity = true

  exclusions {
    name        = "requests-of-visitors"
    description = "Addresses of visitors."
    filter      = local.requests
  }
}

# The project's _Default bucket is global: nothing of a region's functions goes there.
resource "google_logging_project_exclusion" "default" {
  project     = var.project
  name        = "functions-${var.region}"
  description = "Kept in the region's own bucket instead."
  filter      = local.here
}
