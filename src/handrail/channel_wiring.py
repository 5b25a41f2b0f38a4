"""Which channels an installation can use, from its settings."""

from typing import TextIO

from handrail.channels.email import EmailSettings, TlsMode
from handrail.channels.terminal import TerminalSettings
from handrail.channels.webhook import WebhookSettings
from handrail.core.errors import InvalidError
from handrail.settings import Settings, environment
from handrail.system.vault import KeyVault


def channel_settings(
    settings: Settings, vault: KeyVault, pages: TextIO
) -> list[object]:
    """Return the settings of every channel this installation can use.

    Raises:
        InvalidError: The reference to the mail server's password leads nowhere.
    """
    is_plain = "NO_COLOR" in environment()
    found: list[object] = [
        WebhookSettings(),
        TerminalSettings(stream=pages, is_plain=is_plain),
    ]
    if settings.smtp_host:
        found.append(
            EmailSettings(
                host=settings.smtp_host,
                port=settings.smtp_port,
                sender=settings.smtp_sender,
                tls=TlsMode(settings.smtp_tls),
                username=settings.smtp_user,
                password=_secret(vault, settings.smtp_password),
                ca_file=str(settings.smtp_ca_file or ""),
            )
        )
    return found


def _secret(vault: KeyVault, reference: str) -> str:
    if not reference:
        return ""
    value = vault.secret(reference)
    if value is None:
        msg = f"HANDRAIL_SMTP_PASSWORD refers to {reference}, where nothing is"
        raise InvalidError(msg, fields={"smtp_password": "refers to nothing"})
    return value.decode()
