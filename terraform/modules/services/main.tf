terraform {
  required_version = "~> 1.11"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
    google-beta = {
      source  = "hashicorp/google-beta"
      version = "~> 6.0"
    }
  }
}

# What the project itself must have before anything is deployed into it.

resource "google_project_service" "api" {
  for_each = toset([
    "aiplatform.googleapis.com",
    "artifactregistry.googleapis.com",
    "certificatemanager.googleapis.com",
    "cloudbuild.googleapis.com",
    "cloudfunctions.googleapis.com",
    "cloudkms.googleapis.com",
    "cloudscheduler.googleapis.com",
    "compute.googleapis.com",
    "firebase.googleapis.com",
    "firebasehosting.googleapis.com",
    "firebaserules.googleapis.com",
    "firestore.googleapis.com",
    "iam.googleapis.com",
    "iamcredentials.googleapis.com",
    "identitytoolkit.googleapis.com",
    "logging.googleapis.com",
    "monitoring.googleapis.com",
    "pubsub.googleapis.com",
    "run.googleapis.com",
    "secretmanager.googleapis.com",
    "storage.googleapis.com",
  ])

  project            = var.project
  service            = each.value
  disable_on_destroy = false
}

# Google's own account that delivers messages. It exists only after it is asked for.
resource "google_project_service_identity" "pubsub" {
  provider = google-beta
  project  = var.project
  service  = google_project_service.api["pubsub.googleapis.com"].service
}

# No predefined role can destroy versions of a key without also setting who may use it. Cloud KMS adds and promotes them
# by the key's own schedule: nobody here needs to.
resource "google_project_iam_custom_role" "key_rotator" {
  project     = var.project
  role_id     = "lethe.keyRotator"
  title       = "Lethe key rotator"
  description = "Sees versions of a key, and schedules the destruction of those that wrap nothing."
  permissions = [
    "cloudkms.cryptoKeyVersions.destroy",
    "cloudkms.cryptoKeyVersions.get",
    "cloudkms.cryptoKeyVersions.list",
    "cloudkms.cryptoKeys.get",
  ]
}
