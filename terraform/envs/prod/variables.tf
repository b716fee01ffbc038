variable "release" {
  description = "Name of the build to deploy, such as a commit."
  type        = string
}
