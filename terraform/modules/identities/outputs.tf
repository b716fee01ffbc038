output "emails" {
  description = "Address of each function's service account, by function, once it may do what its function does."
  value       = { for name, account in google_service_account.function : name => account.email }
  depends_on = [
    google_kms_crypto_key_iam_member.key,
    google_project_iam_member.database,
    google_project_iam_member.project,
    google_pubsub_topic_iam_member.topic,
    google_secret_manager_secret_iam_member.secret,
    google_service_account_iam_member.self,
    google_storage_bucket_iam_member.bucket,
  ]
}
