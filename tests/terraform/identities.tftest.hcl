# Who each function is: an account of its own, the roles of functions.json on the narrowest resource, nothing else.

mock_provider "google" {}

variables {
  project        = "p"
  region         = "eu"
  functions      = jsondecode(file("../../terraform/functions.json")).functions
  databases      = { data = "data-eu", keys = "keys-eu", default = "(default)" }
  kek_id         = "keyRings/lethe-eu/cryptoKeys/kek"
  signing_key_id = "keyRings/lethe-eu/cryptoKeys/ledger-signing"
  key_rotator    = "projects/p/roles/lethe.keyRotator"
  topics = { for spec in values(jsondecode(file("../../terraform/functions.json")).functions) :
    spec.topic => "${spec.topic}-eu" if spec.trigger == "pubsub" && !startswith(try(spec.topic, "*"), "*")
  }
  buckets = { for use in ["knowledge", "exports", "uploads", "ledger", "tombstones"] : use => "p-eu-${use}" }
  secrets = { for name in ["SESSION_SEALING_KEY", "STRIPE_KEY", "STRIPE_WEBHOOK_SECRET", "POSTMARK_TOKEN", "POSTMARK_ACCOUNT_TOKEN", "POSTMARK_WEBHOOK_SECRET"] :
    name => "${lower(replace(name, "_", "-"))}-eu"
  }
}

run "identities" {
  module {
    source = "../../terraform/modules/identities"
  }

  assert {
    condition     = toset(keys(google_service_account.function)) == toset(keys(var.functions))
    error_message = "every function has an account, and every account a function"
  }

  assert {
    condition     = alltrue([for name, account in google_service_account.function : account.account_id == "${name}-eu"])
    error_message = "an account carries its function and its region"
  }

  assert {
    condition = toset(flatten([
      [for key, grant in google_project_iam_member.database : "${split("/", key)[0]} ${grant.role}"],
      [for key, grant in google_project_iam_member.project : "${split("/", key)[0]} ${grant.role}"],
      [for key, grant in google_kms_crypto_key_iam_member.key : "${split("/", key)[0]} ${replace(grant.role, "projects/p/roles/", "")}"],
      [for key, grant in google_pubsub_topic_iam_member.topic : "${split("/", key)[0]} ${grant.role}"],
      [for key, grant in google_storage_bucket_iam_member.bucket : "${split("/", key)[0]} ${grant.role}"],
      [for key, grant in google_service_account_iam_member.self : "${key} ${grant.role}"],
    ])) == toset(flatten([for name, spec in var.functions : [for role in spec.roles : "${name} ${role}"]]))
    error_message = "every function has its roles and no other"
  }

  assert {
    condition = alltrue(flatten([for grants in [
      google_project_iam_member.database, google_project_iam_member.project, google_kms_crypto_key_iam_member.key,
      google_pubsub_topic_iam_member.topic, google_storage_bucket_iam_member.bucket, google_secret_manager_secret_iam_member.secret,
      google_service_account_iam_member.self,
    ] : [for key, grant in grants : grant.member == google_service_account.function[split("/", key)[0]].member]]))
    error_message = "a role goes to the account of the function that needs it"
  }

  assert {
    condition = toset([for key, grant in google_project_iam_member.database : "${split("/", key)[0]} ${grant.condition[0].expression}"]) == toset(flatten([
      for name, spec in var.functions : [for use in try(spec.databases, []) : "${name} resource.name == \"projects/p/databases/${var.databases[use]}\""]
    ]))
    error_message = "access to Firestore is to the databases that functions.json names and no other"
  }

  assert {
    condition     = toset([for grant in google_project_iam_member.project : grant.role]) == toset(["roles/aiplatform.user", "roles/firebaseauth.admin"])
    error_message = "nothing else is granted on the whole project"
  }

  assert {
    condition = alltrue([for grant in google_kms_crypto_key_iam_member.key : grant.crypto_key_id == (
      contains(["roles/cloudkms.signerVerifier", "roles/cloudkms.publicKeyViewer"], grant.role) ? var.signing_key_id : var.kek_id
    )])
    error_message = "who signs cannot wrap keys, and who wraps keys cannot sign"
  }

  assert {
    condition = toset([for key, grant in google_pubsub_topic_iam_member.topic : "${split("/", key)[0]} ${grant.topic}"]) == toset(flatten([
      for name, spec in var.functions : [for topic in try(spec.publishes, []) : "${name} ${topic}-eu"]
    ]))
    error_message = "a function publishes to the topics that functions.json names and no other"
  }

  assert {
    condition = toset([for key, grant in google_storage_bucket_iam_member.bucket : "${split("/", key)[0]} ${grant.bucket} ${grant.role}"]) == toset(flatten([
      for name, spec in var.functions : concat(
        [for use in spec.buckets : "${name} p-eu-${use} roles/storage.objectUser"],
        [for use in spec.readsBuckets : "${name} p-eu-${use} roles/storage.objectViewer"],
      )
    ]))
    error_message = "a function opens the buckets that functions.json names and no other"
  }

  assert {
    condition = toset([for key, grant in google_secret_manager_secret_iam_member.secret : "${split("/", key)[0]} ${grant.secret_id} ${grant.role}"]) == toset(flatten([
      for name, spec in var.functions : [for secret in try(spec.secrets, []) : "${name} ${var.secrets[secret]} roles/secretmanager.secretAccessor"]
    ]))
    error_message = "a function reads the secrets that functions.json names and no other"
  }

  assert {
    condition     = alltrue([for name, grant in google_service_account_iam_member.self : grant.service_account_id == google_service_account.function[name].name])
    error_message = "a function signs in its own name only"
  }
}

run "a_role_with_no_place_is_refused" {
  command = plan

  module {
    source = "../../terraform/modules/identities"
  }

  variables {
    functions = { sneaky = { roles = ["roles/owner"] } }
  }

  expect_failures = [var.functions]
}

run "a_name_too_long_for_an_account_is_refused" {
  command = plan

  module {
    source = "../../terraform/modules/identities"
  }

  variables {
    functions = { a-name-that-no-account-can-have = { roles = ["roles/aiplatform.user"] } }
  }

  expect_failures = [var.functions]
}
