terraform {
  required_version = "~> 1.11"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

# Rules and indexes come from firestore.rules and firestore.indexes.json, deployed by firebase-tools:
# the emulator and the tests read those same files.

locals {
  day = 86400

  # For how many days backups live, by what a database is for. Receipts and the inventory state these numbers.
  backups = {
    data = { daily = 7, weekly = 30 }
    # A destroyed key is gone when the last copy of it is; a weekly backup would put that off.
    keys = { daily = 7, weekly = null }
    # Memberships are derived from the regions' members, and repairable from them.
    directory = { daily = 7, weekly = null }
  }
}

resource "google_firestore_database" "database" {
  for_each = var.databases

  project                           = var.project
  name                              = each.key
  location_id                       = var.location
  type                              = "FIRESTORE_NATIVE"
  concurrency_mode                  = "PESSIMISTIC"
  point_in_time_recovery_enablement = "POINT_IN_TIME_RECOVERY_ENABLED" # 7 days, no longer than the shortest backup
  delete_protection_state           = "DELETE_PROTECTION_ENABLED"
  deletion_policy                   = "ABANDON"

  lifecycle {
    prevent_destroy = true
  }
}

resource "google_firestore_backup_schedule" "daily" {
  for_each = var.databases

  project   = var.project
  database  = google_firestore_database.database[each.key].name
  retention = "${local.backups[each.value].daily * local.day}s"

  daily_recurrence {}
}

resource "google_firestore_backup_schedule" "weekly" {
  for_each = { for name, use in var.databases : name => use if local.backups[use].weekly != null }

  project   = var.project
  database  = google_firestore_database.database[each.key].name
  retention = "${local.backups[each.value].weekly * local.day}s"

  weekly_recurrence {
    day = "SUNDAY"
  }
}
