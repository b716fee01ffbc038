terraform {
  required_version = "~> 1.11"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

# Bundles of the functions, and the account that builds images from them.

resource "google_storage_bucket" "bundles" {
  project                     = var.project
  name                        = "${var.project}-bundles"
  location                    = var.location
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      age            = 90
      matches_prefix = ["releases/"]
    }
  }
}

# A release's name is part of the path, so a new release is a new object and every function is deployed again.
resource "google_storage_bucket_object" "bundle" {
  for_each = toset(var.functions)

  bucket = google_storage_bucket.bundles.name
  name   = "releases/${var.release}/${each.value}.zip"
  source = "${var.bundles}/${each.value}.zip"
}

resource "google_service_account" "builder" {
  project      = var.project
  account_id   = "function-builder"
  display_name = "Builds images of functions"
}

resource "google_storage_bucket_iam_member" "builder" {
  bucket = google_storage_bucket.bundles.name
  role   = "roles/storage.objectViewer"
  member = google_service_account.builder.member
}

resource "google_project_iam_member" "builder" {
  for_each = toset(["roles/artifactregistry.writer", "roles/logging.logWriter"])

  project = var.project
  role    = each.value
  member  = google_service_account.builder.member
}
