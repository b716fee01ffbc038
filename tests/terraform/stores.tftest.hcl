# What keeps data: databases, keys, buckets, secrets.
# Plans only: what must never be destroyed cannot be taken down after a test either.

mock_provider "google" {}

variables {
  project = "p"
  region  = "eu"
}

run "databases" {
  command = plan

  module {
    source = "../../terraform/modules/databases"
  }

  variables {
    location  = "eur3"
    databases = { data-eu = "data", keys-eu = "keys", "(default)" = "directory" }
  }

  assert {
    condition = toset([for database in google_firestore_database.database : "${database.name} ${database.location_id} ${database.type}"]) == toset([
      "data-eu eur3 FIRESTORE_NATIVE", "keys-eu eur3 FIRESTORE_NATIVE", "(default) eur3 FIRESTORE_NATIVE"
    ])
    error_message = "every database is where it should be"
  }

  assert {
    condition     = alltrue([for database in google_firestore_database.database : database.delete_protection_state == "DELETE_PROTECTION_ENABLED" && database.deletion_policy == "ABANDON"])
    error_message = "no database can be deleted by mistake"
  }

  assert {
    condition     = alltrue([for database in google_firestore_database.database : database.point_in_time_recovery_enablement == "POINT_IN_TIME_RECOVERY_ENABLED"])
    error_message = "every database can go back 7 days"
  }

  assert {
    condition     = google_firestore_backup_schedule.daily["keys-eu"].retention == "604800s" && !contains(keys(google_firestore_backup_schedule.weekly), "keys-eu")
    error_message = "no backup of keys lives longer than 7 days: receipts promise it"
  }

  assert {
    condition     = google_firestore_backup_schedule.daily["data-eu"].retention == "604800s" && google_firestore_backup_schedule.weekly["data-eu"].retention == "2592000s"
    error_message = "data is backed up daily for 7 days and weekly for 30"
  }

  assert {
    condition = alltrue([for schedule in values(google_firestore_backup_schedule.daily) :
      length(schedule.daily_recurrence) == 1 && contains(["data-eu", "keys-eu", "(default)"], schedule.database)
    ]) && length(google_firestore_backup_schedule.daily) == 3 && length(google_firestore_backup_schedule.weekly["data-eu"].weekly_recurrence) == 1
    error_message = "every database has its schedule"
  }
}

run "a_database_for_nothing_is_refused" {
  command = plan

  module {
    source = "../../terraform/modules/databases"
  }

  variables {
    location  = "eur3"
    databases = { other = "everything" }
  }

  expect_failures = [var.databases]
}

run "keys" {
  command = plan

  module {
    source = "../../terraform/modules/keys"
  }

  variables {
    location = "europe"
  }

  assert {
    condition     = google_kms_key_ring.ring.name == "lethe-eu" && google_kms_key_ring.ring.location == "europe"
    error_message = "a region has its own key ring in its own place"
  }

  assert {
    condition = (
      google_kms_crypto_key.kek.name == "kek" &&
      google_kms_crypto_key.kek.purpose == "ENCRYPT_DECRYPT" &&
      google_kms_crypto_key.kek.version_template[0].algorithm == "GOOGLE_SYMMETRIC_ENCRYPTION"
    )
    error_message = "the key that wraps tenant keys is symmetric"
  }

  assert {
    condition     = tonumber(trimsuffix(google_kms_crypto_key.kek.rotation_period, "s")) <= 90 * 86400
    error_message = "the key that wraps tenant keys gets a new version every 90 days at the latest"
  }

  assert {
    condition     = google_kms_crypto_key.kek.destroy_scheduled_duration == "2592000s"
    error_message = "a destroyed version can be called back for 30 days"
  }

  assert {
    condition = (
      google_kms_crypto_key.ledger_signing.name == "ledger-signing" &&
      google_kms_crypto_key.ledger_signing.purpose == "ASYMMETRIC_SIGN" &&
      google_kms_crypto_key.ledger_signing.version_template[0].algorithm == "EC_SIGN_ED25519" &&
      google_kms_crypto_key.ledger_signing.version_template[0].protection_level == "SOFTWARE"
    )
    error_message = "the ledger is signed with Ed25519 in software"
  }
}

run "buckets" {
  command = plan

  module {
    source = "../../terraform/modules/buckets"
  }

  variables {
    location = "EU"
  }

  assert {
    condition = toset([for bucket in google_storage_bucket.bucket : "${bucket.name} ${bucket.location}"]) == toset([
      "p-eu-knowledge EU", "p-eu-exports EU", "p-eu-uploads EU", "p-eu-ledger EU", "p-eu-tombstones EU"
    ])
    error_message = "a region has its five buckets"
  }

  assert {
    condition     = alltrue([for bucket in google_storage_bucket.bucket : bucket.uniform_bucket_level_access && bucket.public_access_prevention == "enforced" && !bucket.force_destroy])
    error_message = "no object of any bucket can be made public, and no bucket goes with its objects"
  }

  assert {
    condition     = alltrue([for bucket in google_storage_bucket.bucket : !bucket.versioning[0].enabled])
    error_message = "no bucket keeps versions of what was deleted"
  }

  assert {
    condition = alltrue([for use in ["exports", "uploads", "tombstones"] :
      google_storage_bucket.bucket[use].soft_delete_policy[0].retention_duration_seconds == 0
    ])
    error_message = "an export, an upload or a tombstone that is deleted is gone at once"
  }

  assert {
    condition     = google_storage_bucket.bucket["knowledge"].soft_delete_policy[0].retention_duration_seconds == 604800
    error_message = "a tenant's document comes back within 7 days and not after"
  }

  assert {
    condition     = google_storage_bucket.bucket["ledger"].soft_delete_policy[0].retention_duration_seconds == 2592000
    error_message = "a tile deleted by mistake comes back within 30 days"
  }

  assert {
    condition = { for use, bucket in google_storage_bucket.bucket : use => join(",", [for rule in bucket.lifecycle_rule : rule.condition[0].age if rule.action[0].type == "Delete"]) } == {
      knowledge = "", exports = "7", uploads = "8", ledger = "", tombstones = ""
    }
    error_message = "exports go after 7 days, uploads after 8, and nothing else by age"
  }

  assert {
    condition     = alltrue([for bucket in google_storage_bucket.bucket : contains([for rule in bucket.lifecycle_rule : rule.action[0].type], "AbortIncompleteMultipartUpload")])
    error_message = "what was half uploaded does not stay"
  }

  assert {
    condition = { for use, bucket in google_storage_bucket.bucket : use => [for policy in bucket.retention_policy : policy.retention_period] } == {
      knowledge = [], exports = [], uploads = [], ledger = [], tombstones = [60 * 86400]
    }
    error_message = "tombstones outlive the longest backup by 30 days; nothing that may have to go is held back"
  }

  assert {
    condition     = !google_storage_bucket.bucket["tombstones"].retention_policy[0].is_locked
    error_message = "no retention is locked for good"
  }
}

run "secrets" {
  command = plan

  module {
    source = "../../terraform/modules/secrets"
  }

  variables {
    location = "europe-west4"
    names    = ["STRIPE_KEY", "SESSION_SEALING_KEY"]
  }

  assert {
    condition     = toset([for secret in google_secret_manager_secret.secret : secret.secret_id]) == toset(["stripe-key-eu", "session-sealing-key-eu"])
    error_message = "a region has its own secrets"
  }

  assert {
    condition     = alltrue([for secret in google_secret_manager_secret.secret : secret.replication[0].user_managed[0].replicas[0].location == "europe-west4"])
    error_message = "secrets stay in the region's location"
  }
}
