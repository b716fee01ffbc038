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

# The one way in. It is regional, so that traffic of a region's tenants is decrypted in that region, and plain HTTP
# is not offered at all: nothing ever needed a redirect from it.

locals {
  name     = "lethe-${var.region}"
  public   = { for name, spec in var.functions : name => spec if spec.trigger == "http" && spec.public }
  fallback = one([for name, spec in local.public : name if contains(spec.paths, "/v1")])
}

resource "google_compute_network" "network" {
  project                 = var.project
  name                    = local.name
  auto_create_subnetworks = false
}

# The load balancer's own proxies live here.
resource "google_compute_subnetwork" "proxies" {
  project       = var.project
  name          = "${local.name}-proxies"
  region        = var.location
  network       = google_compute_network.network.id
  ip_cidr_range = "10.128.0.0/23"
  purpose       = "REGIONAL_MANAGED_PROXY"
  role          = "ACTIVE"
}

resource "google_compute_address" "address" {
  project      = var.project
  name         = local.name
  region       = var.location
  address_type = "EXTERNAL"
  network_tier = "PREMIUM"
}

resource "google_compute_region_network_endpoint_group" "function" {
  for_each = local.public

  project               = var.project
  name                  = "${each.key}-${var.region}"
  region                = var.location
  network_endpoint_type = "SERVERLESS"

  # A function of the 2nd generation is a Cloud Run service to a load balancer.
  cloud_run {
    service = var.services[each.key]
  }
}

resource "google_compute_region_backend_service" "function" {
  provider = google-beta
  for_each = local.public

  project               = var.project
  name                  = "${each.key}-${var.region}"
  region                = var.location
  protocol              = "HTTPS"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  security_policy       = google_compute_region_security_policy.policy.self_link

  backend {
    group = google_compute_region_network_endpoint_group.function[each.key].id
  }

  # Request logs hold addresses of visitors.
  log_config {
    enable = false
  }
}

resource "google_compute_region_url_map" "map" {
  project         = var.project
  name            = local.name
  region          = var.location
  default_service = google_compute_region_backend_service.function[local.fallback].id

  host_rule {
    hosts        = [var.host]
    path_matcher = "api"
  }

  # The longest matching path wins, whatever the order here.
  path_matcher {
    name            = "api"
    default_service = google_compute_region_backend_service.function[local.fallback].id

    dynamic "path_rule" {
      for_each = local.public

      content {
        paths   = flatten([for path in path_rule.value.paths : [path, "${path}/*"]])
        service = google_compute_region_backend_service.function[path_rule.key].id
      }
    }
  }
}

resource "google_compute_region_ssl_policy" "tls" {
  project         = var.project
  name            = local.name
  region          = var.location
  profile         = "RESTRICTED"
  min_tls_version = "TLS_1_2" # 1.3 is offered first by itself
}

resource "google_certificate_manager_dns_authorization" "host" {
  project  = var.project
  name     = local.name
  location = var.location
  domain   = var.host
  type     = "PER_PROJECT_RECORD"
}

resource "google_certificate_manager_certificate" "host" {
  project  = var.project
  name     = local.name
  location = var.location

  managed {
    domains            = [var.host]
    dns_authorizations = [google_certificate_manager_dns_authorization.host.id]
  }
}

resource "google_compute_region_target_https_proxy" "proxy" {
  project                          = var.project
  name                             = local.name
  region                           = var.location
  url_map                          = google_compute_region_url_map.map.id
  ssl_policy                       = google_compute_region_ssl_policy.tls.id
  certificate_manager_certificates = [google_certificate_manager_certificate.host.id]
}

resource "google_compute_forwarding_rule" "https" {
  project               = var.project
  name                  = local.name
  region                = var.location
  load_balancing_scheme = "EXTERNAL_MANAGED"
  network               = google_compute_network.network.id
  network_tier          = "PREMIUM"
  ip_address            = google_compute_address.address.id
  ip_protocol           = "TCP"
  port_range            = "443"
  target                = google_compute_region_target_https_proxy.proxy.id

  depends_on = [google_compute_subnetwork.proxies]
}
