output "names" {
  description = "Names of the jobs, by function."
  value       = { for name, job in google_cloud_scheduler_job.job : name => job.name }
}
