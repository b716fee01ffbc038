output "ids" {
  description = "Id of each secret, by the setting that carries it."
  value       = { for name, secret in google_secret_manager_secret.secret : name => secret.secret_id }
}
