terraform {
  required_version = "~> 1.11"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

# Who each function is, and what it may do: the roles of functions.json, each granted on the narrowest resource
# that it can be granted on. A role that is not placed here is refused (variables.tf).

locals {
  # Roles on a key, and which key.
  key_roles = {
    "roles/cloudkms.cryptoKeyEncrypterDecrypter" = { key = var.kek_id }
    "lethe.keyRotator"                           = { key = var.kek_id, role = var.key_rotator }
    "roles/cloudkms.signerVerifier"              = { key = var.signing_key_id }
    "roles/cloudkms.publicKeyViewer"             = { key = var.signing_key_id }
  }
  # Roles that Google grants on a whole project or not at all.
  project_roles = ["roles/aiplatform.user", "roles/firebaseauth.admin"]

  held = merge([for name, spec in var.functions : { for role in spec.roles : "${name}/${role}" => { name = name, role = role } }]...)

  databases = merge([for name, spec in var.functions : { for use in spec.databases : "${name}/${use}" => { name = name, database = var.databases[use] } }
  if contains(spec.roles, "roles/datastore.user")]...)
  topics = merge([for name, spec in var.functions : { for topic in spec.publishes : "${name}/${topic}" => { name = name, topic = var.topics[topic] } }
  if contains(spec.roles, "roles/pubsub.publisher")]...)
  written = merge([for name, spec in var.functions : { for use in spec.buckets : "${name}/${use}" => { name = name, bucket = var.buckets[use], role = "roles/storage.objectUser" } }
  if contains(spec.roles, "roles/storage.objectUser")]...)
  read = merge([for name, spec in var.functions : { for use in spec.readsBuckets : "${name}/${use}" => { name = name, bucket = var.buckets[use], role = "roles/storage.objectViewer" } }
  if contains(spec.roles, "roles/storage.objectViewer")]...)
  secrets = merge([for name, spec in var.functions : { for secret in spec.secrets : "${name}/${secret}" => { name = name, secret = var.secrets[secret] } }]...)
}

resource "google_service_account" "function" {
  for_each = var.functions

  project      = var.project
  account_id   = "${each.key}-${var.region}"
  display_name = "${each.key} in ${var.region}"
}

# One grant a database: the account of a function that needs no keys cannot open keys-<region>.
resource "google_project_iam_member" "database" {
  for_each = local.databases

  project = var.project
  role    = "roles/datastore.user"
  member  = google_service_account.function[each.value.name].member

  condition {
    title      = "database ${each.value.database}"
    expression = "resource.name == \"projects/${var.project}/databases/${each.value.database}\""
  }
}

resource "google_project_iam_member" "project" {
  for_each = { for key, grant in local.held : key => grant if contains(local.project_roles, grant.role) }

  project = var.project
  role    = each.value.role
  member  = google_service_account.function[each.value.name].member
}

resource "google_kms_crypto_key_iam_member" "key" {
  for_each = { for key, grant in local.held : key => grant if contains(keys(local.key_roles), grant.role) }

  crypto_key_id = local.key_roles[each.value.role].key
  role          = try(local.key_roles[each.value.role].role, each.value.role)
  member        = google_service_account.function[each.value.name].member
}

resource "google_pubsub_topic_iam_member" "topic" {
  for_each = local.topics

  project = var.project
  topic   = each.value.topic
  role    = "roles/pubsub.publisher"
  member  = google_service_account.function[each.value.name].member
}

resource "google_storage_bucket_iam_member" "bucket" {
  for_each = merge(local.read, local.written)

  bucket = each.value.bucket
  role   = each.value.role
  member = google_service_account.function[each.value.name].member
}

# On the account itself: it signs links and tokens in its own name and in nobody else's.
resource "google_service_account_iam_member" "self" {
  for_each = { for grant in values(local.held) : grant.name => grant if grant.role == "roles/iam.serviceAccountTokenCreator" }

  service_account_id = google_service_account.function[each.key].name
  role               = each.value.role
  member             = google_service_account.function[each.key].member
}

resource "google_secret_manager_secret_iam_member" "secret" {
  for_each = local.secrets

  project   = var.project
  secret_id = each.value.secret
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.function[each.value.name].member
}
