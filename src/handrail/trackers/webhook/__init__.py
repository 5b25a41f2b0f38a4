"""A tracker, or what stands before it, behind a signed webhook."""

from handrail.trackers.webhook.send import WebhookTracker

__all__ = ["WebhookTracker"]
