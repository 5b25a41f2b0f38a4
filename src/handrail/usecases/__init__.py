"""The only writers: gather, let the core decide, apply, in one transaction."""
