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
  public = [for name, spec in var.functions : name if spec.trigger == "http" && spec.public]
}

resource "google_cloudfunctions2_function" "function" {
  for_each = var.functions

  project     = var.project
  name        = each.key
  location    = var.location
  description = "Lethe, region ${var.region}, called by ${each.value.trigger}"

  build_config {
    runtime         = var.runtime
    entry_point     = each.key
    service_account = var.builder

    source {
      storage_source {
        bucket = var.bundle_bucket
        object = var.bundles[each.key]
      }
    }
  }

  service_config {
    service_account_email            = var.service_accounts[each.key]
    available_memory                 = "${each.value.memoryMb}Mi"
    available_cpu                    = "1" # less forbids more than one request at once, and makes a cold start take seconds
    max_instance_request_concurrency = each.value.concurrency
    timeout_seconds                  = each.value.timeoutSeconds
    min_instance_count               = each.value.minInstances
    max_instance_count               = each.value.maxInstances
    all_traffic_on_latest_revision   = true
    environment_variables = merge(
      var.environment,
      # As heapFlags() and smallMemory of functions.ts have it.
      each.value.heapMb == null ? {} : {
        NODE_OPTIONS     = "--max-old-space-size=${each.value.heapMb} --max-semi-space-size=2"
        MALLOC_ARENA_MAX = "1"
      },
    )

    # Visitors and staff come through the load balancer, where limits apply; Pub/Sub and Cloud Scheduler count as
    # internal when they call the function's own address. Nothing else gets as far as asking for permission.
    ingress_settings = contains(local.public, each.key) ? "ALLOW_INTERNAL_AND_GCLB" : "ALLOW_INTERNAL_ONLY"

    dynamic "secret_environment_variables" {
      for_each = each.value.secrets

      content {
        key        = secret_environment_variables.value
        project_id = var.project
        secret     = var.secrets[secret_environment_variables.value]
        version    = "latest"
      }
    }
  }
}

# These callers have no Google identity; the function authenticates them. Only the load balancer reaches it.
resource "google_cloud_run_v2_service_iam_member" "public" {
  for_each = toset(local.public)

  project  = var.project
  location = var.location
  name     = google_cloudfunctions2_function.function[each.key].name
  role     = "roles/run.invoker"
  member   = "allUsers"
}
