output "dns_records" {
  description = "Records that the operator sets, for the app and for each region's API."
  value = {
    app = module.hosting.dns_records
    api = { for name, region in module.region : name => region.dns_records }
  }
}

output "databases" {
  description = "Every database: rules and indexes are deployed to each of them."
  value       = concat(module.directory.names, flatten([for region in module.region : region.databases]))
}

output "secrets" {
  description = "Secrets whose values the operator adds before functions are deployed."
  value       = flatten([for region in module.region : region.secrets])
}

output "api_origins" {
  description = "Origin of each region's API."
  value       = { for name, region in module.region : name => region.api_origin }
}
