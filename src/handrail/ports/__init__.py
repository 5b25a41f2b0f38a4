"""What the use cases need from the world: small protocols without logic."""
