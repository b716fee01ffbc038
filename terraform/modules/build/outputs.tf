output "bucket" {
  description = "Name of the bucket of bundles."
  value       = google_storage_bucket.bundles.name
}

output "bundles" {
  description = "Path of each function's bundle in that bucket, by function."
  value       = { for name, object in google_storage_bucket_object.bundle : name => object.name }
}

output "builder" {
  description = "Full name of the building account, once it may build."
  value       = google_service_account.builder.name
  depends_on  = [google_project_iam_member.builder, google_storage_bucket_iam_member.builder]
}
