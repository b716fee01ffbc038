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
  swept = { for name, spec in var.functions : name => spec if spec.trigger == "scheduler" }
}

resource "google_service_account" "scheduler" {
  project      = var.project
  account_id   = "scheduler-${var.region}"
  display_name = "Cloud Scheduler's calls in ${var.region}"
}

resource "google_cloud_run_v2_service_iam_member" "invoker" {
  for_each = local.swept

  project  = var.project
  location = var.location
  name     = var.services[each.key]
  role     = "roles/run.invoker"
  member   = google_service_account.scheduler.member
}

resource "google_cloud_scheduler_job" "job" {
  for_each = local.swept

  project          = var.project
  region           = var.scheduler_location
  name             = "${each.key}-${var.region}"
  schedule         = each.value.schedule
  time_zone        = each.value.timeZone
  attempt_deadline = "${each.value.timeoutSeconds}s"

  # A sweep is safe to repeat, and the next one finds what this one missed: a few quick attempts are enough.
  retry_config {
    retry_count          = 2
    min_backoff_duration = "5s"
    max_backoff_duration = "30s"
  }

  http_target {
    uri         = var.addresses[each.key]
    http_method = "POST"

    oidc_token {
      service_account_email = google_service_account.scheduler.email
      audience              = var.addresses[each.key]
    }
  }

  depends_on = [google_cloud_run_v2_service_iam_member.invoker]
}
