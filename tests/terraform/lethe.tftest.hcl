# Everything together, as an environment calls it.

mock_provider "google" {}
mock_provider "google-beta" {}

variables {
  project     = "p"
  domain      = "lethe.example"
  site        = "lethe-app"
  home        = "eu"
  release     = "r1"
  bundles     = "dist/functions"
  mail_from   = "Lethe <privacy@lethe.example>"
  alert_email = "operators@lethe.example"
  model       = { client = "genai", name = "gemini-2.5-flash", embedding = "text-embedding-005" }
  regions = {
    eu = { location = "europe-west4", scheduler = "europe-west1", firestore = "eur3", keys = "europe", storage = "EU" }
    us = { location = "us-central1", scheduler = "us-central1", firestore = "nam5", keys = "us", storage = "US" }
  }
}

run "two_regions" {
  command = plan

  module {
    source = "../../terraform/modules/lethe"
  }

  assert {
    condition     = toset(output.databases) == toset(["(default)", "data-eu", "keys-eu", "data-us", "keys-us"])
    error_message = "each region has data and keys apart, and the project one directory"
  }

  assert {
    condition     = output.api_origins == { eu = "https://eu.api.lethe.example", us = "https://us.api.lethe.example" }
    error_message = "each region has its own origin"
  }

  assert {
    condition = toset(output.secrets) == toset(flatten([for region in ["eu", "us"] : [
      for secret in ["session-sealing-key", "stripe-key", "postmark-token", "postmark-account-token"] : "${secret}-${region}"
    ]]))
    error_message = "each region has its own secrets"
  }
}

run "a_region_eu_outside_the_union_is_refused" {
  command = plan

  module {
    source = "../../terraform/modules/lethe"
  }

  variables {
    regions = { eu = { location = "europe-west2", scheduler = "europe-west1", firestore = "eur3", keys = "europe", storage = "EU" } }
  }

  expect_failures = [var.regions]
}

run "a_region_us_outside_the_states_is_refused" {
  command = plan

  module {
    source = "../../terraform/modules/lethe"
  }

  variables {
    regions = {
      eu = { location = "europe-west4", scheduler = "europe-west1", firestore = "eur3", keys = "europe", storage = "EU" }
      us = { location = "us-central1", scheduler = "us-central1", firestore = "nam5", keys = "europe", storage = "US" }
    }
  }

  expect_failures = [var.regions]
}

run "a_home_that_is_no_region_is_refused" {
  command = plan

  module {
    source = "../../terraform/modules/lethe"
  }

  variables {
    home = "us"
    regions = {
      eu = { location = "europe-west4", scheduler = "europe-west1", firestore = "eur3", keys = "europe", storage = "EU" }
    }
  }

  expect_failures = [var.home]
}

run "build" {
  module {
    source = "../../terraform/modules/build"
  }

  variables {
    location  = "EU"
    functions = ["chat-turn", "widget"]
  }

  assert {
    condition = toset([for bundle in google_storage_bucket_object.bundle : "${bundle.name} ${bundle.source}"]) == toset([
      "releases/r1/chat-turn.zip dist/functions/chat-turn.zip", "releases/r1/widget.zip dist/functions/widget.zip"
    ])
    error_message = "a release uploads each function's bundle under its own name"
  }

  assert {
    condition     = google_storage_bucket.bundles.public_access_prevention == "enforced" && google_storage_bucket.bundles.uniform_bucket_level_access
    error_message = "bundles are not public"
  }

  assert {
    condition     = toset([for grant in google_project_iam_member.builder : grant.role]) == toset(["roles/artifactregistry.writer", "roles/logging.logWriter"]) && google_storage_bucket_iam_member.builder.role == "roles/storage.objectViewer"
    error_message = "the builder reads bundles, writes images and logs, and can do nothing else"
  }
}

run "services" {
  module {
    source = "../../terraform/modules/services"
  }

  assert {
    condition     = toset([for permission in google_project_iam_custom_role.key_rotator.permissions : permission if strcontains(permission, "IamPolicy") || strcontains(permission, "useTo")]) == toset([])
    error_message = "who rotates a key cannot say who may use it, nor by that alone use it"
  }

  assert {
    condition     = toset([for permission in google_project_iam_custom_role.key_rotator.permissions : permission if !endswith(permission, ".get") && !endswith(permission, ".list")]) == toset(["cloudkms.cryptoKeyVersions.destroy"])
    error_message = "a function changes nothing about a key but that an old version goes"
  }

  assert {
    condition     = alltrue([for service in google_project_service.api : !service.disable_on_destroy])
    error_message = "taking Lethe down turns off no service that something else may need"
  }
}
