"""Who is on call, in wall-clock time."""
