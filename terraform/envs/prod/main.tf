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
    bucket = "lethe-prod-terraform"
    prefix = "lethe"
  }
}

provider "google" {
  project               = "lethe-prod"
  user_project_override = true
  billing_project       = "lethe-prod"
}

provider "google-beta" {
  project               = "lethe-prod"
  user_project_override = true
  billing_project       = "lethe-prod"
}

module "lethe" {
  source = "../../modules/lethe"

  project     = "lethe-prod"
  domain      = "lethe.example"
  site        = "lethe-prod-app"
  home        = "eu"
  release     = var.release
  bundles     = "${path.module}/../../../dist/functions"
  mail_from   = "Lethe <privacy@lethe.example>"
  alert_email = "operators@lethe.example"

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
    us = {
      location  = "us-central1"
      scheduler = "us-central1"
      firestore = "nam5"
      keys      = "us"
      storage   = "US"
    }
  }
}
