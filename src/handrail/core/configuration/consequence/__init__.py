"""What a change of the configuration means for people, before it is applied."""
