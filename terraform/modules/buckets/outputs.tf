output "names" {
  description = "Full name of each bucket, by its use."
  value       = { for use, bucket in google_storage_bucket.bucket : use => bucket.name }
}
