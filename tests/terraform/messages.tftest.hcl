# Topics, and the subscriptions that push them to functions.

mock_provider "google" {}

variables {
  project      = "p"
  region       = "eu"
  location     = "europe-west4"
  pubsub_agent = "serviceAccount:service-1@gcp-sa-pubsub.iam.gserviceaccount.com"
  functions    = jsondecode(file("../../terraform/functions.json")).functions
}

run "topics" {
  module {
    source = "../../terraform/modules/topics"
  }

  assert {
    condition = toset([for topic in google_pubsub_topic.topic : topic.name]) == toset([
      for spec in values(var.functions) : "${spec.topic}-eu" if spec.trigger == "pubsub" && !startswith(coalesce(spec.topic, "*"), "*")
    ])
    error_message = "every topic that a function reads exists, under its name and region"
  }

  assert {
    condition = toset([for topic in google_pubsub_topic.dead : topic.name]) == toset([
      for spec in values(var.functions) : "${spec.topic}-dead-eu" if spec.trigger == "pubsub" && !startswith(coalesce(spec.topic, "*"), "*")
    ])
    error_message = "every topic has a dead-letter topic"
  }

  assert {
    condition = alltrue([for topic in concat(values(google_pubsub_topic.topic), values(google_pubsub_topic.dead)) :
      topic.message_storage_policy[0].allowed_persistence_regions == tolist(["europe-west4"]) && topic.message_storage_policy[0].enforce_in_transit
    ])
    error_message = "messages stay in the region's location"
  }

  assert {
    condition = toset([for grant in google_pubsub_topic_iam_member.forwards : "${grant.topic} ${grant.role} ${grant.member}"]) == toset([
      for topic in google_pubsub_topic.dead : "${topic.name} roles/pubsub.publisher ${var.pubsub_agent}"
    ])
    error_message = "Pub/Sub may publish to every dead-letter topic"
  }
}

run "subscriptions" {
  module {
    source = "../../terraform/modules/subscriptions"
  }

  variables {
    topics    = run.topics.topics
    dead      = run.topics.dead
    services  = { for name in keys(var.functions) : name => name }
    addresses = { for name in keys(var.functions) : name => "https://${name}.run.app" }
  }

  assert {
    condition = alltrue([for name, spec in var.functions : length([
      for subscription in google_pubsub_subscription.subscription : subscription
      if subscription.topic == "${spec.topic}-eu" && subscription.name == "${spec.topic}-eu" && subscription.push_config[0].push_endpoint == "https://${name}.run.app"
    ]) == 1 if spec.trigger == "pubsub" && !startswith(coalesce(spec.topic, "*"), "*")])
    error_message = "every function behind a topic has one subscription that pushes to its own address"
  }

  assert {
    condition = toset([for subscription in google_pubsub_subscription.subscription : subscription.topic
      if subscription.push_config[0].push_endpoint == "https://dead-letter.run.app"
    ]) == toset(values(run.topics.dead))
    error_message = "dead-letter reads every dead-letter topic, and nothing else"
  }

  assert {
    condition     = length(google_pubsub_subscription.subscription) == length(run.topics.topics) + length(run.topics.dead)
    error_message = "nobody else reads a topic"
  }

  assert {
    condition = alltrue([for topic, subscription in google_pubsub_subscription.subscription : one([for spec in values(var.functions) :
      subscription.retry_policy[0].minimum_backoff == "${spec.retry.minimumBackoffSeconds}s" &&
      subscription.retry_policy[0].maximum_backoff == "${spec.retry.maximumBackoffSeconds}s" &&
      subscription.ack_deadline_seconds == spec.ackDeadlineSeconds
      if spec.trigger == "pubsub" && spec.topic == (endswith(topic, "-dead") ? "*-dead" : topic)
    ])])
    error_message = "every subscription has the retry policy and the deadline of functions.json"
  }

  assert {
    condition = alltrue([for spec in values(var.functions) :
      google_pubsub_subscription.subscription[spec.topic].dead_letter_policy[0].dead_letter_topic == "projects/p/topics/${spec.deadLetter.topic}-eu" &&
      google_pubsub_subscription.subscription[spec.topic].dead_letter_policy[0].max_delivery_attempts == spec.deadLetter.maxDeliveryAttempts
      if spec.trigger == "pubsub" && !startswith(coalesce(spec.topic, "*"), "*")
    ])
    error_message = "every message that cannot be handled ends in its dead-letter topic, after as many attempts as functions.json says"
  }

  assert {
    condition     = alltrue([for topic, subscription in google_pubsub_subscription.subscription : length(subscription.dead_letter_policy) == 0 if endswith(topic, "-dead")])
    error_message = "a dead letter goes nowhere else: it is kept until it is handled"
  }

  assert {
    condition = alltrue([for subscription in google_pubsub_subscription.subscription :
      subscription.push_config[0].oidc_token[0].service_account_email == google_service_account.push.email &&
      subscription.push_config[0].oidc_token[0].audience == subscription.push_config[0].push_endpoint
    ])
    error_message = "every push proves who sends it, to the function that it is sent to"
  }

  assert {
    condition     = alltrue([for subscription in google_pubsub_subscription.subscription : subscription.expiration_policy[0].ttl == ""])
    error_message = "no subscription expires"
  }

  assert {
    condition = alltrue([for topic, subscription in google_pubsub_subscription.subscription :
      subscription.message_retention_duration == (endswith(topic, "-dead") ? "604800s" : "86400s") && !subscription.retain_acked_messages
    ])
    error_message = "a message waits for a day and a dead letter for 7, and both are gone once handled"
  }

  assert {
    condition = toset([for grant in google_cloud_run_v2_service_iam_member.invoker : "${grant.name} ${grant.role} ${grant.member}"]) == toset([
      for name, spec in var.functions : "${name} roles/run.invoker ${google_service_account.push.member}" if spec.trigger == "pubsub"
    ])
    error_message = "the pushing account calls the functions behind topics and no other"
  }

  assert {
    condition = toset([for grant in google_pubsub_subscription_iam_member.acknowledges : "${grant.subscription} ${grant.role} ${grant.member}"]) == toset([
      for topic in keys(run.topics.topics) : "${topic}-eu roles/pubsub.subscriber ${var.pubsub_agent}"
    ])
    error_message = "Pub/Sub may take a message off each subscription that has a dead-letter topic"
  }

  assert {
    condition = (
      google_service_account_iam_member.token.member == var.pubsub_agent &&
      google_service_account_iam_member.token.role == "roles/iam.serviceAccountTokenCreator" &&
      google_service_account_iam_member.token.service_account_id == google_service_account.push.name
    )
    error_message = "Pub/Sub may sign as the pushing account"
  }
}

run "schedules" {
  module {
    source = "../../terraform/modules/schedules"
  }

  variables {
    scheduler_location = "europe-west1"
    services           = { for name in keys(var.functions) : name => name }
    addresses          = { for name in keys(var.functions) : name => "https://${name}.run.app" }
  }

  assert {
    condition = toset([for job in google_cloud_scheduler_job.job : "${job.name} ${job.schedule} ${job.time_zone} ${job.region}"]) == toset([
      for name, spec in var.functions : "${name}-eu ${spec.schedule} ${spec.timeZone} europe-west1" if spec.trigger == "scheduler"
    ])
    error_message = "every sweep has a job with its schedule"
  }

  assert {
    condition = alltrue([for name, job in google_cloud_scheduler_job.job :
      job.http_target[0].uri == "https://${name}.run.app" && job.http_target[0].http_method == "POST" &&
      job.http_target[0].oidc_token[0].audience == "https://${name}.run.app" &&
      job.http_target[0].oidc_token[0].service_account_email == google_service_account.scheduler.email
    ])
    error_message = "a job calls its own function and proves who it is"
  }

  assert {
    condition     = alltrue([for name, job in google_cloud_scheduler_job.job : job.attempt_deadline == "${var.functions[name].timeoutSeconds}s" && job.retry_config[0].retry_count > 0])
    error_message = "a job waits as long as its function may take, and tries again"
  }

  assert {
    condition = toset([for grant in google_cloud_run_v2_service_iam_member.invoker : "${grant.name} ${grant.role} ${grant.member}"]) == toset([
      for name, spec in var.functions : "${name} roles/run.invoker ${google_service_account.scheduler.member}" if spec.trigger == "scheduler"
    ])
    error_message = "the scheduler's account calls sweeps and no other function"
  }
}
