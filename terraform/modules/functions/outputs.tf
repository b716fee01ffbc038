output "addresses" {
  description = "Each function's own address (run.app), by function: where Pub/Sub and Cloud Scheduler call it."
  value       = { for name, function in google_cloudfunctions2_function.function : name => function.service_config[0].uri }
}

output "services" {
  description = "Name of the Cloud Run service below each function, by function."
  value       = { for name, function in google_cloudfunctions2_function.function : name => function.name }
}

output "public" {
  description = "Functions that callers without a Google identity reach."
  value       = local.public
}
