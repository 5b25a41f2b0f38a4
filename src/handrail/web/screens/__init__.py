"""What each screen shows: frozen values, made without I/O; templates see only these."""
