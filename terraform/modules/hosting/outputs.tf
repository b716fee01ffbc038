output "site" {
  description = "Id of the Hosting site that `firebase deploy` fills."
  value       = google_firebase_hosting_site.site.site_id
}

output "api_key" {
  description = "The browser's Firebase key. It names the project and is no secret."
  value       = data.google_firebase_web_app_config.console.api_key
}

output "dns_records" {
  description = "Records that the operator sets so that the site answers under its host."
  value       = google_firebase_hosting_custom_domain.app.required_dns_updates
}
