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

# One region: everything that a tenant of that region touches.

locals {
  secrets  = distinct(flatten([for spec in values(var.functions) : spec.secrets]))
  api_host = "${var.region}.api.${var.domain}"
  # What functions open. A restored database stands beside the one that it replaces, which stays until its backups ended.
  data     = coalesce(var.restored.data, "data-${var.region}")
  keys     = coalesce(var.restored.keys, "keys-${var.region}")
  restored = { (local.data) = "data", (local.keys) = "keys" }
}

module "databases" {
  source    = "../databases"
  project   = var.project
  location  = var.place.firestore
  databases = merge(local.restored, { "data-${var.region}" = "data", "keys-${var.region}" = "keys" })
}

module "keys" {
  source   = "../keys"
  project  = var.project
  region   = var.region
  location = var.place.keys
}

module "buckets" {
  source   = "../buckets"
  project  = var.project
  region   = var.region
  location = var.place.storage
}

module "secrets" {
  source   = "../secrets"
  project  = var.project
  region   = var.region
  location = var.place.location
  names    = local.secrets
}

module "topics" {
  source       = "../topics"
  project      = var.project
  region       = var.region
  location     = var.place.location
  pubsub_agent = var.pubsub_agent
  functions    = var.functions
}

module "identities" {
  source         = "../identities"
  project        = var.project
  region         = var.region
  functions      = var.functions
  databases      = { data = local.data, keys = local.keys, default = "(default)" }
  kek_id         = module.keys.kek_id
  signing_key_id = module.keys.signing_key_id
  key_rotator    = var.key_rotator
  topics         = module.topics.topics
  buckets        = module.buckets.names
  secrets        = module.secrets.ids
}

module "functions" {
  source           = "../functions"
  project          = var.project
  region           = var.region
  location         = var.place.location
  runtime          = var.runtime
  functions        = var.functions
  service_accounts = module.identities.emails
  builder          = var.builder
  bundle_bucket    = var.bundle_bucket
  bundles          = var.bundles
  secrets          = module.secrets.ids
  environment = merge(var.environment, {
    LETHE_ENV            = "production"
    NODE_ENV             = "production"
    GOOGLE_CLOUD_PROJECT = var.project
    REGION               = var.region
    LOCATION             = var.place.location
    DATA_DATABASE        = local.data
    KEYS_DATABASE        = local.keys
    KMS_LOCATION         = var.place.keys
    API_ORIGIN           = "https://${local.api_host}"
    APP_ORIGIN           = "https://app.${var.domain}"
  })
}

module "subscriptions" {
  source       = "../subscriptions"
  project      = var.project
  region       = var.region
  location     = var.place.location
  pubsub_agent = var.pubsub_agent
  functions    = var.functions
  topics       = module.topics.topics
  dead         = module.topics.dead
  services     = module.functions.services
  addresses    = module.functions.addresses
}

module "schedules" {
  source             = "../schedules"
  project            = var.project
  region             = var.region
  location           = var.place.location
  scheduler_location = var.place.scheduler
  functions          = var.functions
  services           = module.functions.services
  addresses          = module.functions.addresses
}

module "load_balancer" {
  source    = "../load-balancer"
  project   = var.project
  region    = var.region
  location  = var.place.location
  host      = local.api_host
  functions = var.functions
  services  = module.functions.services
}

module "logs" {
  source   = "../logs"
  project  = var.project
  region   = var.region
  location = var.place.location
  visited  = module.functions.visited
}

module "alerts" {
  source   = "../alerts"
  project  = var.project
  region   = var.region
  location = var.place.location
  email    = var.alert_email
}
