"""Pages on the server's own terminal."""

from handrail.channels.terminal.send import TerminalChannel, TerminalSettings
from handrail.core.people.contact_method import ChannelKind
from handrail.ports.channel import Channel
from handrail.ports.http_client import HttpClient
from handrail.ports.vault import Vault

KIND = ChannelKind.TERMINAL
Settings = TerminalSettings


def build(settings: TerminalSettings, *, http: HttpClient, vault: Vault) -> Channel:
    """Return the channel; it needs neither HTTP nor keys."""
    del http, vault
    return TerminalChannel(settings)


__all__ = ["KIND", "Settings", "TerminalChannel", "TerminalSettings", "build"]
