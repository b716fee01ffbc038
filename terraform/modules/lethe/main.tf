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

# All of Lethe in one project. An environment is one call of this module with its values.

locals {
  file = jsondecode(file("${path.module}/../../functions.json"))

  # Every function has every field, so that one type fits them all; a field that a trigger lacks is null.
  functions = { for name, spec in local.file.functions : name => {
    trigger            = spec.trigger
    paths              = try(spec.paths, [])
    public             = try(spec.public, false)
    visitors           = try(spec.visitors, false)
    topic              = try(spec.topic, null)
    ackDeadlineSeconds = try(spec.ackDeadlineSeconds, null)
    retry              = try(spec.retry, null)
    deadLetter         = try(spec.deadLetter, null)
    schedule           = try(spec.schedule, null)
    timeZone           = try(spec.timeZone, null)
    memoryMb           = spec.memoryMb
    heapMb             = try(spec.heapMb, null)
    concurrency        = spec.concurrency
    timeoutSeconds     = spec.timeoutSeconds
    minInstances       = spec.minInstances
    maxInstances       = spec.maxInstances
    roles              = spec.roles
    databases          = try(spec.databases, [])
    publishes          = try(spec.publishes, [])
    buckets            = try(spec.buckets, [])
    readsBuckets       = try(spec.readsBuckets, [])
    secrets            = try(spec.secrets, [])
  } }
}

module "services" {
  source  = "../services"
  project = var.project
}

module "build" {
  source    = "../build"
  project   = module.services.project
  location  = var.regions[var.home].storage
  functions = keys(local.functions)
  bundles   = var.bundles
  release   = var.release
}

module "hosting" {
  source  = "../hosting"
  project = module.services.project
  site    = var.site
  host    = "app.${var.domain}"
}

# memberships/{uid} alone.
module "directory" {
  source    = "../databases"
  project   = module.services.project
  location  = var.regions[var.home].firestore
  databases = { "(default)" = "directory" }
}

module "region" {
  source   = "../region"
  for_each = var.regions

  project       = module.services.project
  region        = each.key
  place         = each.value
  restored      = try(var.restored[each.key], {})
  domain        = var.domain
  runtime       = local.file.runtime
  functions     = local.functions
  builder       = module.build.builder
  bundle_bucket = module.build.bucket
  bundles       = module.build.bundles
  pubsub_agent  = module.services.pubsub_agent
  key_rotator   = module.services.key_rotator
  alert_email   = var.alert_email
  environment = {
    MODEL_CLIENT         = var.model.client
    MODEL_NAME           = var.model.name
    EMBEDDING_MODEL      = var.model.embedding
    MAIL_FROM            = var.mail_from
    FIREBASE_API_KEY     = module.hosting.api_key
    SIGNING_KEY_VERSIONS = var.signing_key_versions
  }
}
