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
  backend "gcs" {
    bucket = "lethe-staging-terraform"
    prefix = "lethe"
  }
}

provider "google" {
  project               = "lethe-staging"
  user_project_override = true
  billing_project       = "lethe-staging"
}

provider "google-beta" {
  project               = "lethe-staging"
  user_project_override = true
  billing_project       = "lethe-staging"
}

module "lethe" {
  source = "../../modules/lethe"

  project     = "lethe-staging"
  domain      = "staging.lethe.example"
  site        = "lethe-staging-app"
  home        = "eu"
  release     = var.release
  bundles     = "${path.module}/../../../dist/functions"
  mail_from   = "Lethe <privacy@staging.lethe.example>"
  alert_email = "operators@staging.lethe.example"

  model = {
    client    = "genai"
    name      = "gemini-2.5-flash"
    embedding = "text-embedding-005"
  }

  regions = {
    eu = {
      location  = "europe-west4"
      scheduler = "europe-west1"
      firestore = "eur3"
      keys      = "europe"
      storage   = "EU"
    }

  }
}
