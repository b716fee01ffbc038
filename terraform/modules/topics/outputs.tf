output "topics" {
  description = "Full name of each topic, by its name in functions.json."
  value       = { for name, topic in google_pubsub_topic.topic : name => topic.name }
}

output "dead" {
  description = "Full name of each dead-letter topic, by its name in functions.json, once Pub/Sub may publish to it."
  value       = { for name, topic in google_pubsub_topic.dead : name => topic.name }
  depends_on  = [google_pubsub_topic_iam_member.forwards]
}
