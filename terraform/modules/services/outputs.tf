output "project" {
  description = "The project's id, once its services are on: what is made from this waits for them."
  value       = var.project
  depends_on  = [google_project_service.api]
}

output "pubsub_agent" {
  description = "IAM member of the account that pushes messages and forwards dead letters."
  value       = google_project_service_identity.pubsub.member
}

output "key_rotator" {
  description = "Full name of the custom role that rotates keys."
  value       = google_project_iam_custom_role.key_rotator.name
}
