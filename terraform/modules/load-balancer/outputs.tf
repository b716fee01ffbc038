output "address" {
  description = "Address that the API's host name points to."
  value       = google_compute_address.address.address
}

output "dns_records" {
  description = "Records that the operator sets: the host's address, and the proof that lets Google issue its certificate."
  value = concat(
    [{ name = var.host, type = "A", data = google_compute_address.address.address }],
    [for record in google_certificate_manager_dns_authorization.host.dns_resource_record : { name = record.name, type = record.type, data = record.data }],
  )
}
