"""What users depend on."""
