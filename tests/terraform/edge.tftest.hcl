# The way in, and what is kept about who came: load balancer, logs, alerts, static files.

mock_provider "google" {}
mock_provider "google-beta" {}

variables {
  project   = "p"
  region    = "eu"
  location  = "europe-west4"
  functions = jsondecode(file("../../terraform/functions.json")).functions
}

run "load_balancer" {
  module {
    source = "../../terraform/modules/load-balancer"
  }

  variables {
    host     = "eu.api.lethe.example"
    services = { for name in keys(var.functions) : name => name }
  }

  assert {
    condition = toset([for group in google_compute_region_network_endpoint_group.function : group.cloud_run[0].service]) == toset([
      for name, spec in var.functions : name if spec.trigger == "http" && try(spec.public, false)
    ])
    error_message = "the load balancer leads to the public functions and to no other"
  }

  assert {
    condition = toset(flatten([for rule in google_compute_region_url_map.map.path_matcher[0].path_rule : [for path in rule.paths : "${path} ${rule.service}"]])) == toset(flatten([
      for name, spec in var.functions : [for path in spec.paths : [
        "${path} ${google_compute_region_backend_service.function[name].id}", "${path}/* ${google_compute_region_backend_service.function[name].id}"
      ]] if spec.trigger == "http"
    ]))
    error_message = "every prefix of functions.json leads to its function, itself and what lies below it"
  }

  assert {
    condition = (
      google_compute_region_url_map.map.path_matcher[0].default_service == google_compute_region_backend_service.function["console"].id &&
      google_compute_region_url_map.map.default_service == google_compute_region_backend_service.function["console"].id
    )
    error_message = "the rest goes to console, which answers what it does not know with a problem document"
  }

  assert {
    condition = (
      tolist(google_compute_region_url_map.map.host_rule[0].hosts) == tolist(["eu.api.lethe.example"]) &&
      google_compute_region_url_map.map.host_rule[0].path_matcher == google_compute_region_url_map.map.path_matcher[0].name
    )
    error_message = "the API answers under its own host"
  }

  assert {
    condition = alltrue([for name, backend in google_compute_region_backend_service.function :
      backend.security_policy == google_compute_region_security_policy.policy.self_link &&
      tolist(backend.backend)[0].group == google_compute_region_network_endpoint_group.function[name].id &&
      backend.load_balancing_scheme == "EXTERNAL_MANAGED"
    ])
    error_message = "no function is reached past the limits"
  }

  assert {
    condition     = alltrue([for backend in google_compute_region_backend_service.function : !backend.log_config[0].enable])
    error_message = "the load balancer keeps no addresses of visitors"
  }

  assert {
    condition     = google_compute_region_ssl_policy.tls.min_tls_version == "TLS_1_2" && google_compute_region_ssl_policy.tls.profile == "RESTRICTED"
    error_message = "TLS 1.2 at least"
  }

  assert {
    condition     = google_compute_region_target_https_proxy.proxy.ssl_policy == google_compute_region_ssl_policy.tls.id
    error_message = "the TLS policy is the one in force"
  }

  assert {
    condition = (
      google_compute_forwarding_rule.https.port_range == "443" &&
      google_compute_forwarding_rule.https.target == google_compute_region_target_https_proxy.proxy.id &&
      google_compute_forwarding_rule.https.ip_address == google_compute_address.address.id
    )
    error_message = "only HTTPS is offered"
  }

  assert {
    condition = alltrue([for place in [
      google_compute_forwarding_rule.https.region, google_compute_region_target_https_proxy.proxy.region, google_compute_region_url_map.map.region,
      google_compute_address.address.region, google_compute_subnetwork.proxies.region, google_compute_region_security_policy.policy.region,
      google_certificate_manager_certificate.host.location,
    ] : place == "europe-west4"])
    error_message = "traffic is decrypted in its region"
  }

  assert {
    condition = (
      google_compute_subnetwork.proxies.purpose == "REGIONAL_MANAGED_PROXY" && google_compute_subnetwork.proxies.role == "ACTIVE" &&
      google_compute_forwarding_rule.https.network == google_compute_subnetwork.proxies.network
    )
    error_message = "the load balancer's proxies have their own subnet in its network"
  }

  assert {
    condition = (
      google_certificate_manager_certificate.host.managed[0].domains == tolist(["eu.api.lethe.example"]) &&
      google_certificate_manager_dns_authorization.host.domain == "eu.api.lethe.example" &&
      google_compute_region_target_https_proxy.proxy.certificate_manager_certificates == tolist([google_certificate_manager_certificate.host.id])
    )
    error_message = "the certificate is for the region's host"
  }

  assert {
    condition     = length([for rule in google_compute_region_security_policy.policy.rules : rule if rule.action == "deny(404)" && strcontains(try(rule.match[0].expr[0].expression, ""), "!= 'eu.api.lethe.example'")]) == 1
    error_message = "requests for another host end at the door"
  }

  assert {
    condition     = length([for rule in google_compute_region_security_policy.policy.rules : rule if rule.action == "deny(403)" && endswith(try(rule.match[0].expr[0].expression, ""), "int(request.headers['content-length']) > 3145728")]) == 1
    error_message = "a body that no route takes ends at the door"
  }

  assert {
    condition = { for rule in google_compute_region_security_policy.policy.rules : rule.match[0].expr[0].expression => rule.rate_limit_options[0].rate_limit_threshold[0].count if rule.action == "throttle" } == {
      "request.path.startsWith('/v1/auth')" = 30, "request.path.startsWith('/v1/chat')" = 60, "request.path.startsWith('/v1/privacy')" = 60, "true" = 600
    }
    error_message = "one address gets 30 sign-ins, 60 turns, 60 subject requests and 600 of anything a minute"
  }

  assert {
    condition = alltrue([for rule in google_compute_region_security_policy.policy.rules :
      rule.rate_limit_options[0].enforce_on_key == "IP" && rule.rate_limit_options[0].exceed_action == "deny(429)" &&
      rule.rate_limit_options[0].conform_action == "allow" && rule.rate_limit_options[0].rate_limit_threshold[0].interval_sec == 60
      if rule.action == "throttle"
    ])
    error_message = "limits count by address and answer 429"
  }

  assert {
    condition = (
      max([for rule in google_compute_region_security_policy.policy.rules : rule.priority if startswith(rule.action, "deny") && rule.priority < 2147483647]...) <
      min([for rule in google_compute_region_security_policy.policy.rules : rule.priority if rule.action == "throttle"]...)
    )
    error_message = "attacks are refused before requests are counted and let through"
  }

  assert {
    condition = (
      max([for rule in google_compute_region_security_policy.policy.rules : rule.priority if rule.action == "throttle" && try(rule.match[0].expr[0].expression, "") != "true"]...) <
      one([for rule in google_compute_region_security_policy.policy.rules : rule.priority if rule.action == "throttle" && try(rule.match[0].expr[0].expression, "") == "true"])
    )
    error_message = "the narrow limits are asked before the wide one"
  }

  assert {
    condition     = length([for rule in google_compute_region_security_policy.policy.rules : rule if strcontains(try(rule.match[0].expr[0].expression, ""), "evaluatePreconfiguredWaf(")]) >= 4
    error_message = "known attacks are screened"
  }

  assert {
    condition     = one([for rule in google_compute_region_security_policy.policy.rules : rule.action if rule.priority == 2147483647]) == "deny(403)"
    error_message = "what no rule lets through stays out"
  }

  assert {
    condition     = output.dns_records[0] == { name = "eu.api.lethe.example", type = "A", data = google_compute_address.address.address }
    error_message = "the operator is told where the API's host points"
  }
}

run "logs" {
  module {
    source = "../../terraform/modules/logs"
  }

  variables {
    visited = ["chat-turn", "widget"]
  }

  assert {
    condition     = google_logging_project_bucket_config.functions.location == "europe-west4" && google_logging_project_bucket_config.functions.retention_days == 30
    error_message = "logs of functions stay in their region for 30 days"
  }

  assert {
    condition = (
      google_logging_project_sink.functions.destination == "logging.googleapis.com/${google_logging_project_bucket_config.functions.id}" &&
      google_logging_project_sink.functions.filter == "resource.type=\"cloud_run_revision\" AND resource.labels.location=\"europe-west4\""
    )
    error_message = "logs of the region's functions go to the region's bucket"
  }

  assert {
    condition     = google_logging_project_exclusion.default.filter == google_logging_project_sink.functions.filter
    error_message = "and nowhere else"
  }

  assert {
    condition     = google_logging_project_sink.functions.exclusions[0].filter == "logName=\"projects/p/logs/run.googleapis.com%2Frequests\" AND resource.labels.service_name=(\"chat-turn\" OR \"widget\")"
    error_message = "request logs of functions that visitors call are kept nowhere"
  }
}

run "alerts" {
  module {
    source = "../../terraform/modules/alerts"
  }

  variables {
    email = "operators@lethe.example"
  }

  assert {
    condition = (
      strcontains(google_monitoring_alert_policy.waiting.conditions[0].condition_threshold[0].filter, "subscription/oldest_unacked_message_age\"") &&
      google_monitoring_alert_policy.waiting.conditions[0].condition_threshold[0].threshold_value == 1800
    )
    error_message = "operators are told of a message that waits half an hour"
  }

  assert {
    condition = (
      strcontains(google_monitoring_alert_policy.dead_letters.conditions[0].condition_threshold[0].filter, "subscription/dead_letter_message_count\"") &&
      google_monitoring_alert_policy.dead_letters.conditions[0].condition_threshold[0].threshold_value == 0
    )
    error_message = "operators are told of every dead letter"
  }

  assert {
    condition = (
      endswith(google_monitoring_alert_policy.orphans.conditions[0].condition_matched_log[0].filter, "service_name=\"orphan-sweep\" AND severity=ERROR AND jsonPayload.message=\"orphan found\"") &&
      strcontains(google_monitoring_alert_policy.orphans.conditions[0].condition_matched_log[0].filter, "location=\"${var.location}\"")
    )
    error_message = "operators are told of every orphan"
  }

  assert {
    condition = (
      endswith(google_monitoring_alert_policy.destroyed_versions.conditions[0].condition_matched_log[0].filter, "protoPayload.methodName=\"DestroyCryptoKeyVersion\" AND protoPayload.resourceName:\"/keyRings/lethe-eu/\"") &&
      google_monitoring_alert_policy.destroyed_versions.notification_channels == tolist([google_monitoring_notification_channel.email.id])
    )
    error_message = "operators are told of every key version whose destruction is scheduled"
  }

  assert {
    condition = alltrue([for policy in [google_monitoring_alert_policy.waiting, google_monitoring_alert_policy.dead_letters] :
      strcontains(policy.conditions[0].condition_threshold[0].filter, "full_match(\".*-eu\")") &&
      policy.notification_channels == tolist([google_monitoring_notification_channel.email.id])
    ]) && google_monitoring_alert_policy.orphans.notification_channels == tolist([google_monitoring_notification_channel.email.id]) && google_monitoring_notification_channel.email.labels.email_address == "operators@lethe.example"
    error_message = "alerts are of the region and reach somebody"
  }
}

run "hosting" {
  module {
    source = "../../terraform/modules/hosting"
  }

  variables {
    site = "lethe-app"
    host = "app.lethe.example"
  }

  assert {
    condition     = google_firebase_hosting_custom_domain.app.custom_domain == "app.lethe.example" && google_firebase_hosting_custom_domain.app.site_id == google_firebase_hosting_site.site.site_id
    error_message = "the site answers under the app's host"
  }

  assert {
    condition = (
      google_identity_platform_config.sign_in.client[0].permissions[0].disabled_user_signup &&
      google_identity_platform_config.sign_in.client[0].permissions[0].disabled_user_deletion &&
      google_identity_platform_config.sign_in.sign_in[0].email[0].password_required
    )
    error_message = "nobody makes or deletes an account with the browser's key"
  }

  assert {
    condition     = google_identity_platform_config.sign_in.authorized_domains == tolist(["app.lethe.example"])
    error_message = "sign-in works on the app's own host alone"
  }
}
