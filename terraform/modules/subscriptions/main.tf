terraform {
  required_version = "~> 1.11"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

# A function behind a topic is an HTTP function; how often a message is tried, and where it goes when that is no
# use, is the subscription's business and stands here.

locals {
  readers = { for name, spec in var.functions : name => spec if spec.trigger == "pubsub" }

  # A function of `*-dead` has a subscription on every dead-letter topic, any other function one on its own.
  subscriptions = merge([for name, spec in local.readers : startswith(spec.topic, "*")
    ? { for dead, full in var.dead : dead => { function = name, topic = full, spec = spec } if endswith(dead, trimprefix(spec.topic, "*")) }
    : { (spec.topic) = { function = name, topic = var.topics[spec.topic], spec = spec } }
  ]...)
}

resource "google_service_account" "push" {
  project      = var.project
  account_id   = "pubsub-push-${var.region}"
  display_name = "Pub/Sub's pushes in ${var.region}"
}

resource "google_service_account_iam_member" "token" {
  service_account_id = google_service_account.push.name
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = var.pubsub_agent
}

resource "google_cloud_run_v2_service_iam_member" "invoker" {
  for_each = local.readers

  project  = var.project
  location = var.location
  name     = var.services[each.key]
  role     = "roles/run.invoker"
  member   = google_service_account.push.member
}

resource "google_pubsub_subscription" "subscription" {
  for_each = local.subscriptions

  project                    = var.project
  name                       = "${each.key}-${var.region}"
  topic                      = each.value.topic
  ack_deadline_seconds       = each.value.spec.ackDeadlineSeconds
  message_retention_duration = startswith(each.value.spec.topic, "*") ? "604800s" : "86400s" # jobs are published again, dead letters are not
  retain_acked_messages      = false

  expiration_policy {
    ttl = "" # never: a quiet month must not unhook a function
  }

  push_config {
    push_endpoint = var.addresses[each.value.function]

    oidc_token {
      service_account_email = google_service_account.push.email
      audience              = var.addresses[each.value.function]
    }
  }

  retry_policy {
    minimum_backoff = "${each.value.spec.retry.minimumBackoffSeconds}s"
    maximum_backoff = "${each.value.spec.retry.maximumBackoffSeconds}s"
  }

  dynamic "dead_letter_policy" {
    for_each = each.value.spec.deadLetter[*]

    content {
      dead_letter_topic     = "projects/${var.project}/topics/${var.dead[dead_letter_policy.value.topic]}"
      max_delivery_attempts = dead_letter_policy.value.maxDeliveryAttempts
    }
  }

  depends_on = [google_cloud_run_v2_service_iam_member.invoker, google_service_account_iam_member.token]
}

# To forward a message, Pub/Sub acknowledges it on the subscription that it came from.
resource "google_pubsub_subscription_iam_member" "acknowledges" {
  for_each = { for name, subscription in local.subscriptions : name => subscription if subscription.spec.deadLetter != null }

  project      = var.project
  subscription = google_pubsub_subscription.subscription[each.key].name
  role         = "roles/pubsub.subscriber"
  member       = var.pubsub_agent
}
