output "api_origin" {
  description = "Origin of the region's API."
  value       = "https://${local.api_host}"
}

output "dns_records" {
  description = "Records that the operator sets for the region's API."
  value       = module.load_balancer.dns_records
}

output "databases" {
  description = "Names of the region's databases, for `firebase deploy` of rules and indexes."
  value       = module.databases.names
}

output "secrets" {
  description = "Ids of the secrets whose values the operator adds."
  value       = values(module.secrets.ids)
}
