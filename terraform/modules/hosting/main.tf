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

# Static files of console and widget, and the Firebase app that the console's listeners sign in with.

resource "google_firebase_project" "project" {
  provider = google-beta
  project  = var.project
}

resource "google_firebase_hosting_site" "site" {
  provider = google-beta
  project  = google_firebase_project.project.project
  site_id  = var.site
}

resource "google_firebase_hosting_custom_domain" "app" {
  provider              = google-beta
  project               = var.project
  site_id               = google_firebase_hosting_site.site.site_id
  custom_domain         = var.host
  wait_dns_verification = false
}

resource "google_firebase_web_app" "console" {
  provider        = google-beta
  project         = google_firebase_project.project.project
  display_name    = "Lethe console"
  deletion_policy = "DELETE"
}

data "google_firebase_web_app_config" "console" {
  provider   = google-beta
  project    = var.project
  web_app_id = google_firebase_web_app.console.app_id
}

# Accounts are made by the server on invitation; nobody makes or deletes one with the browser's key.
resource "google_identity_platform_config" "sign_in" {
  project                    = google_firebase_project.project.project
  autodelete_anonymous_users = true
  authorized_domains         = [var.host]

  sign_in {
    email {
      enabled           = true
      password_required = true
    }
  }

  client {
    permissions {
      disabled_user_signup   = true
      disabled_user_deletion = true
    }
  }
}
