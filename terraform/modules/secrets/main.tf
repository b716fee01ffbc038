terraform {
  required_version = "~> 1.11"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

# Places for secrets. Their values are added by hand, so that none is ever in a Terraform state.

resource "google_secret_manager_secret" "secret" {
  for_each = toset(var.names)

  project   = var.project
  secret_id = "${lower(replace(each.value, "_", "-"))}-${var.region}"

  replication {
    user_managed {
      replicas {
        location = var.location
      }
    }
  }

  lifecycle {
    prevent_destroy = true
  }
}
