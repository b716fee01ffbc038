terraform {
  required_version = "~> 1.11"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

# No bucket is public: the ledger's tiles are served by `transparency`, which knows which of them are. No bucket
# keeps versions: a deleted object must not live on under a version number.

locals {
  day = 86400

  buckets = {
    # Files that a tenant uploaded as knowledge; a deletion by mistake can be undone for a week.
    knowledge = { soft_delete_days = 7 }
    # Whole copies of people's data: gone at once when deleted, and after 7 days in any case.
    exports = { soft_delete_days = 0, delete_after_days = 7 }
    # What is on its way to somewhere else.
    uploads = { soft_delete_days = 0, delete_after_days = 8 }
    # Tiles outlive the bundles that they were computed from; hashes only.
    ledger = { soft_delete_days = 30 }
    # One object a state, never rewritten. Kept for the longest backup window (30 days) and 30 days more.
    tombstones = { soft_delete_days = 0, keep_for_days = 60 }
  }
}

resource "google_storage_bucket" "bucket" {
  for_each = local.buckets

  project                     = var.project
  name                        = "${var.project}-${var.region}-${each.key}"
  location                    = var.location
  storage_class               = "STANDARD"
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = false

  soft_delete_policy {
    retention_duration_seconds = each.value.soft_delete_days * local.day
  }

  versioning {
    enabled = false
  }

  dynamic "lifecycle_rule" {
    for_each = try([each.value.delete_after_days], [])

    content {
      action {
        type = "Delete"
      }
      condition {
        age = lifecycle_rule.value
      }
    }
  }

  lifecycle_rule {
    action {
      type = "AbortIncompleteMultipartUpload"
    }
    condition {
      age = 1
    }
  }

  # Not locked: a lock could never be taken back, and closing an account may have to.
  dynamic "retention_policy" {
    for_each = try([each.value.keep_for_days], [])

    content {
      is_locked        = false
      retention_period = retention_policy.value * local.day
    }
  }

  lifecycle {
    prevent_destroy = true
  }
}
