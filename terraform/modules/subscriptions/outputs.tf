output "names" {
  description = "Names of the subscriptions, by the topic that each one reads."
  value       = { for name, subscription in google_pubsub_subscription.subscription : name => subscription.name }
}
