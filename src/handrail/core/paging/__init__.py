"""Pages, deliveries and attempts: seeking one person's acknowledgement."""
