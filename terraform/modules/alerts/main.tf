terraform {
  required_version = "~> 1.11"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

locals {
  here = "resource.type = \"pubsub_subscription\" AND resource.labels.subscription_id = monitoring.regex.full_match(\".*-${var.region}\")"
}

resource "google_monitoring_notification_channel" "email" {
  project      = var.project
  display_name = "Lethe operators, ${var.region}"
  type         = "email"
  labels       = { email_address = var.email }
}

resource "google_monitoring_alert_policy" "waiting" {
  project               = var.project
  display_name          = "Messages wait in ${var.region}"
  combiner              = "OR"
  notification_channels = [google_monitoring_notification_channel.email.id]

  conditions {
    display_name = "oldest message waits longer than ${var.oldest_message_seconds} s"

    condition_threshold {
      filter          = "${local.here} AND metric.type = \"pubsub.googleapis.com/subscription/oldest_unacked_message_age\""
      comparison      = "COMPARISON_GT"
      threshold_value = var.oldest_message_seconds
      duration        = "300s"

      aggregations {
        alignment_period   = "60s"
        per_series_aligner = "ALIGN_MAX"
      }
    }
  }

  documentation {
    content = "A step of a job fails again and again, or its function cannot start. Its job is not done; nothing is lost."
  }
}

resource "google_monitoring_alert_policy" "dead_letters" {
  project               = var.project
  display_name          = "Dead letters in ${var.region}"
  combiner              = "OR"
  notification_channels = [google_monitoring_notification_channel.email.id]

  conditions {
    display_name = "a message was given up"

    condition_threshold {
      filter          = "${local.here} AND metric.type = \"pubsub.googleapis.com/subscription/dead_letter_message_count\""
      comparison      = "COMPARISON_GT"
      threshold_value = 0
      duration        = "0s"

      aggregations {
        alignment_period   = "300s"
        per_series_aligner = "ALIGN_DELTA"
      }
    }
  }

  documentation {
    content = "A job is marked failed with its reason. A person reads the reason and retries the job from the console."
  }
}

# A key without its data, or data without its key, that no tombstone explains. The words are those of the function's log.
resource "google_monitoring_alert_policy" "orphans" {
  project               = var.project
  display_name          = "Orphans in ${var.region}"
  combiner              = "OR"
  notification_channels = [google_monitoring_notification_channel.email.id]

  conditions {
    display_name = "a key or a record has lost its counterpart"

    condition_matched_log {
      filter = "resource.type=\"cloud_run_revision\" AND resource.labels.location=\"${var.location}\" AND resource.labels.service_name=\"orphan-sweep\" AND severity=ERROR AND jsonPayload.message=\"orphan found\""
    }
  }

  # The sweep tells of the same orphan again in each round, until a person has looked at it.
  alert_strategy {
    auto_close = "86400s"

    notification_rate_limit {
      period = "3600s"
    }
  }

  documentation {
    content = "Nothing was deleted. The entry names tenant, collection and person: compare the databases, find out which act left it, and delete or restore by hand."
  }
}

# A version of a key whose destruction is scheduled can be called back for 30 days: somebody should know, whoever did it.
resource "google_monitoring_alert_policy" "destroyed_versions" {
  project               = var.project
  display_name          = "Key versions destroyed in ${var.region}"
  combiner              = "OR"
  notification_channels = [google_monitoring_notification_channel.email.id]

  conditions {
    display_name = "the destruction of a key version was scheduled"

    condition_matched_log {
      filter = "protoPayload.serviceName=\"cloudkms.googleapis.com\" AND protoPayload.methodName=\"DestroyCryptoKeyVersion\" AND protoPayload.resourceName:\"/keyRings/lethe-${var.region}/\""
    }
  }

  alert_strategy {
    auto_close = "86400s"

    notification_rate_limit {
      period = "300s"
    }
  }

  documentation {
    content = "Expected about four times a year, from key-sweep, 8 days after nothing is wrapped under the version. Anything else: restore the version at once."
  }
}
