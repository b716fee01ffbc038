output "lethe" {
  description = "What the operator does next: DNS records, secrets, databases."
  value       = module.lethe
}
