output "policies" {
  description = "Full names of the alert policies."
  value       = [google_monitoring_alert_policy.waiting.name, google_monitoring_alert_policy.dead_letters.name, google_monitoring_alert_policy.orphans.name, google_monitoring_alert_policy.destroyed_versions.name]
}
