"""Users, teams, contact methods and notification rules."""
