"""Signed calls to a URL, as Standard Webhooks describes them."""

from handrail.channels.webhook.send import WebhookChannel, WebhookSettings
from handrail.core.people.contact_method import ChannelKind
from handrail.ports.channel import Channel
from handrail.ports.http_client import HttpClient
from handrail.ports.vault import Vault

KIND = ChannelKind.WEBHOOK
Settings = WebhookSettings


def build(settings: WebhookSettings, *, http: HttpClient, vault: Vault) -> Channel:
    """Return the channel."""
    return WebhookChannel(settings, http=http, vault=vault)


__all__ = ["KIND", "Settings", "WebhookChannel", "WebhookSettings", "build"]
