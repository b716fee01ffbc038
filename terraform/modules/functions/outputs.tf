output "addresses" {
  description = "Each function's own address (run.app), by function: where Pub/Sub and Cloud Scheduler call it."
  value       = { for name, function in google_cloudfunctions2_function.function : name => function.service_config[0].uri }
}

output "services" {
  description = "Name of the Cloud Run service below each function, by function."
  value       = { for name, function in google_cloudfunctions2_function.function : name => function.name }
}

output "visited" {
  description = "Functions that visitors call."
  value       = [for name, spec in var.functions : name if spec.visitors]
}
