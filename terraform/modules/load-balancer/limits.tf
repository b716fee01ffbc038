# Limits by address live here alone: functions never see enough of the traffic to count it.
# Preconfigured rules for SQL and script injection are left out on purpose: they read bodies, people chat about
# code, there is no SQL, and every text is escaped where it is shown.

locals {
  screens = ["scannerdetection-v33-stable", "protocolattack-v33-stable", "sessionfixation-v33-stable", "cve-canary"]

  # More than any route takes (2 MiB for a document). A function holds a body in memory before it knows who sent it.
  longest_body_bytes = 3 * 1024 * 1024

  # The first rule that matches decides, so the narrow limits come before the wide one.
  limits = {
    sign_in = { priority = 1000, expression = "request.path.startsWith('/v1/auth')", requests_a_minute = 30 }
    chat    = { priority = 1010, expression = "request.path.startsWith('/v1/chat')", requests_a_minute = 60 }
    privacy = { priority = 1020, expression = "request.path.startsWith('/v1/privacy')", requests_a_minute = 60 }
    rest    = { priority = 1100, expression = "true", requests_a_minute = 600 }
  }
}

resource "google_compute_region_security_policy" "policy" {
  project     = var.project
  name        = local.name
  region      = var.location
  type        = "CLOUD_ARMOR"
  description = "What may reach the functions of ${var.region}, and how often."

  rules {
    priority    = 100
    action      = "deny(404)"
    description = "Requests for another host: scanners of addresses."

    match {
      expr {
        expression = "request.headers['host'].lower() != '${var.host}'"
      }
    }
  }

  rules {
    priority    = 110
    action      = "deny(403)"
    description = "Bodies that no route takes."

    match {
      expr {
        expression = "has(request.headers['content-length']) && int(request.headers['content-length']) > ${local.longest_body_bytes}"
      }
    }
  }

  dynamic "rules" {
    for_each = local.screens

    content {
      priority    = 200 + rules.key
      action      = "deny(403)"
      description = rules.value

      match {
        expr {
          expression = "evaluatePreconfiguredWaf('${rules.value}', {'sensitivity': 1})"
        }
      }
    }
  }

  dynamic "rules" {
    for_each = local.limits

    content {
      priority    = rules.value.priority
      action      = "throttle"
      description = "${rules.key}: ${rules.value.requests_a_minute} requests a minute from one address"

      match {
        expr {
          expression = rules.value.expression
        }
      }

      rate_limit_options {
        conform_action = "allow"
        exceed_action  = "deny(429)"
        enforce_on_key = "IP"

        rate_limit_threshold {
          count        = rules.value.requests_a_minute
          interval_sec = 60
        }
      }
    }
  }

  rules {
    priority    = 2147483647
    action      = "deny(403)"
    description = "Every request matches a limit above; this rule must exist."

    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
  }
}
