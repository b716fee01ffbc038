terraform {
  required_version = "~> 1.11"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

# Messages name ids only, and stay in the region's own location even on their way.

locals {
  sources = [for spec in var.functions : spec if spec.trigger == "pubsub" && !startswith(coalesce(spec.topic, "*"), "*")]
}

resource "google_pubsub_topic" "topic" {
  for_each = toset([for spec in local.sources : spec.topic])

  project = var.project
  name    = "${each.value}-${var.region}"

  message_storage_policy {
    allowed_persistence_regions = [var.location]
    enforce_in_transit          = true
  }
}

resource "google_pubsub_topic" "dead" {
  for_each = toset([for spec in local.sources : spec.deadLetter.topic])

  project = var.project
  name    = "${each.value}-${var.region}"

  message_storage_policy {
    allowed_persistence_regions = [var.location]
    enforce_in_transit          = true
  }
}

# Pub/Sub itself forwards a message after its last attempt.
resource "google_pubsub_topic_iam_member" "forwards" {
  for_each = google_pubsub_topic.dead

  project = var.project
  topic   = each.value.name
  role    = "roles/pubsub.publisher"
  member  = var.pubsub_agent
}
