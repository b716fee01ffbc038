output "kek_id" {
  description = "Full name of the key that wraps tenant keys."
  value       = google_kms_crypto_key.kek.id
}

output "signing_key_id" {
  description = "Full name of the key that signs checkpoints and receipts."
  value       = google_kms_crypto_key.ledger_signing.id
}
