terraform {
  required_version = "~> 1.11"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

# Keys of one region. Key rings and keys cannot be deleted in Google Cloud; Terraform must not try.

resource "google_kms_key_ring" "ring" {
  project  = var.project
  name     = "lethe-${var.region}"
  location = var.location

  lifecycle {
    prevent_destroy = true
  }
}

# Wraps tenant keys. key-sweep rewraps what an older version wraps, and destroys the version when no backup needs it.
resource "google_kms_crypto_key" "kek" {
  name                       = "kek"
  key_ring                   = google_kms_key_ring.ring.id
  purpose                    = "ENCRYPT_DECRYPT"
  rotation_period            = "7776000s" # 90 days
  destroy_scheduled_duration = "2592000s" # 30 days in which a destroyed version can be called back

  version_template {
    algorithm        = "GOOGLE_SYMMETRIC_ENCRYPTION"
    protection_level = "SOFTWARE"
  }

  lifecycle {
    prevent_destroy = true
  }
}

# Signs checkpoints and receipts. Rotated by hand: a new version signs once it stands in `signing_key_versions`, and the
# ones before it stay enabled, since their public keys are published with the time in which they signed.
resource "google_kms_crypto_key" "ledger_signing" {
  name     = "ledger-signing"
  key_ring = google_kms_key_ring.ring.id
  purpose  = "ASYMMETRIC_SIGN"

  version_template {
    algorithm        = "EC_SIGN_ED25519"
    protection_level = "SOFTWARE"
  }

  lifecycle {
    prevent_destroy = true
  }
}
