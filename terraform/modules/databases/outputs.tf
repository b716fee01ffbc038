output "names" {
  description = "Names of the databases."
  value       = [for database in google_firestore_database.database : database.name]
}
