# How functions are deployed, and who can reach them.

mock_provider "google" {}

variables {
  project          = "p"
  region           = "eu"
  location         = "europe-west4"
  runtime          = "nodejs24"
  functions        = jsondecode(file("../../terraform/functions.json")).functions
  service_accounts = { for name in keys(jsondecode(file("../../terraform/functions.json")).functions) : name => "${name}-eu@p.iam.gserviceaccount.com" }
  builder          = "projects/p/serviceAccounts/function-builder@p.iam.gserviceaccount.com"
  bundle_bucket    = "p-bundles"
  bundles          = { for name in keys(jsondecode(file("../../terraform/functions.json")).functions) : name => "releases/r1/${name}.zip" }
  environment      = { REGION = "eu" }
  secrets = { for name in ["SESSION_SEALING_KEY", "STRIPE_KEY", "STRIPE_WEBHOOK_SECRET", "POSTMARK_TOKEN", "POSTMARK_ACCOUNT_TOKEN", "POSTMARK_WEBHOOK_SECRET"] :
    name => "${lower(replace(name, "_", "-"))}-eu"
  }
}

run "functions" {
  module {
    source = "../../terraform/modules/functions"
  }

  assert {
    condition     = toset([for function in google_cloudfunctions2_function.function : function.name]) == toset(keys(var.functions))
    error_message = "every function of functions.json is deployed, and no other"
  }

  assert {
    condition = alltrue([for name, function in google_cloudfunctions2_function.function :
      function.location == "europe-west4" &&
      function.build_config[0].runtime == "nodejs24" &&
      function.build_config[0].entry_point == name &&
      function.build_config[0].service_account == var.builder &&
      function.build_config[0].source[0].storage_source[0].object == "releases/r1/${name}.zip"
    ])
    error_message = "a function is built in its region from its own bundle, by the builder's account"
  }

  assert {
    condition = alltrue([for name, function in google_cloudfunctions2_function.function :
      function.service_config[0].available_memory == "${var.functions[name].memoryMb}Mi" &&
      function.service_config[0].max_instance_request_concurrency == var.functions[name].concurrency &&
      function.service_config[0].timeout_seconds == var.functions[name].timeoutSeconds &&
      function.service_config[0].min_instance_count == var.functions[name].minInstances &&
      function.service_config[0].max_instance_count == var.functions[name].maxInstances
    ])
    error_message = "a function has the memory, concurrency, time limit and instances of functions.json"
  }

  assert {
    condition = alltrue([for name, function in google_cloudfunctions2_function.function :
      function.service_config[0].environment_variables == tomap(merge({ REGION = "eu" },
        try({ NODE_OPTIONS = "--max-old-space-size=${var.functions[name].heapMb} --max-semi-space-size=2", MALLOC_ARENA_MAX = "1" }, {})
      ))
    ])
    error_message = "a function's plain settings are those of its region, and keep its heap to what functions.json says"
  }

  assert {
    condition     = alltrue([for name, function in google_cloudfunctions2_function.function : function.service_config[0].service_account_email == "${name}-eu@p.iam.gserviceaccount.com"])
    error_message = "a function runs as its own account"
  }

  assert {
    condition = alltrue([for name, function in google_cloudfunctions2_function.function :
      function.service_config[0].available_cpu == "1" || function.service_config[0].max_instance_request_concurrency == 1
    ])
    error_message = "a function that serves several requests at once has a whole CPU"
  }

  assert {
    condition = alltrue([for name, function in google_cloudfunctions2_function.function :
      toset([for secret in function.service_config[0].secret_environment_variables : "${secret.key} ${secret.secret}"]) ==
      toset([for secret in var.functions[name].secrets : "${secret} ${var.secrets[secret]}"])
    ])
    error_message = "a function has its secrets, by reference, and no other"
  }

  assert {
    condition = alltrue([for name, function in google_cloudfunctions2_function.function :
      function.service_config[0].ingress_settings == (var.functions[name].trigger == "http" ? "ALLOW_INTERNAL_AND_GCLB" : "ALLOW_INTERNAL_ONLY")
    ])
    error_message = "no function can be reached from outside but through the load balancer, and none that a queue or clock calls at all"
  }

  assert {
    condition = toset([for grant in google_cloud_run_v2_service_iam_member.public : "${grant.name} ${grant.member} ${grant.role} ${grant.location}"]) == toset([
      for name, spec in var.functions : "${name} allUsers roles/run.invoker europe-west4" if spec.trigger == "http" && try(spec.public, false)
    ])
    error_message = "only functions that functions.json calls public may be called without a Google identity"
  }

  assert {
    condition     = toset(output.visited) == toset(["chat-turn", "transparency", "widget"])
    error_message = "the log filters are told which functions visitors call"
  }
}

run "an_http_function_that_is_not_public" {
  module {
    source = "../../terraform/modules/functions"
  }

  variables {
    functions = { inner = { trigger = "http", paths = ["/v1/inner"], public = false, memoryMb = 256, concurrency = 1, timeoutSeconds = 60, minInstances = 0, maxInstances = 1 } }

    service_accounts = { inner = "inner-eu@p.iam.gserviceaccount.com" }
    bundles          = { inner = "releases/r1/inner.zip" }
  }

  assert {
    condition     = google_cloudfunctions2_function.function["inner"].service_config[0].ingress_settings == "ALLOW_INTERNAL_ONLY" && length(google_cloud_run_v2_service_iam_member.public) == 0
    error_message = "it is called from inside, with an identity"
  }
}
