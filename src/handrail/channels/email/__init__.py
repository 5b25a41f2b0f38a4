"""E-mail over SMTP."""

from handrail.channels.email.letter import Letter
from handrail.channels.email.send import EmailChannel, EmailSettings, TlsMode
from handrail.core.people.contact_method import ChannelKind
from handrail.ports.channel import Channel
from handrail.ports.http_client import HttpClient
from handrail.ports.vault import Vault

KIND = ChannelKind.EMAIL
Settings = EmailSettings


def build(settings: EmailSettings, *, http: HttpClient, vault: Vault) -> Channel:
    """Return the channel; it needs neither HTTP nor keys."""
    del http, vault
    return EmailChannel(settings)


__all__ = [
    "KIND",
    "EmailChannel",
    "EmailSettings",
    "Letter",
    "Settings",
    "TlsMode",
    "build",
]
