"""Which channels an installation can use, from its settings."""

from typing import TextIO

import structlog

from handrail.channels.email import EmailChannel, EmailSettings, Letter, TlsMode
from handrail.channels.terminal import TerminalSettings
from handrail.channels.webhook import WebhookSettings
from handrail.core.errors import InvalidError
from handrail.core.paging.outcome import Accepted
from handrail.core.people.user import User
from handrail.ports.clock import Clock
from handrail.ports.id_source import IdSource
from handrail.settings import Settings, environment
from handrail.system.vault import KeyVault
from handrail.web.deps import SendSignInLink
from handrail.web.screens.sign_in import sign_in_letter

_log = structlog.get_logger()


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


def sign_in_links(
    mail: object, *, clock: Clock, ids: IdSource
) -> SendSignInLink | None:
    """Return what mails a sign-in link; none where no mail goes out."""
    if not isinstance(mail, EmailChannel):
        return None

    async def send(user: User, url: str) -> None:
        letter = Letter(
            key=ids.new_id(),
            to=user.email,
            subject="Sign in to Handrail",
            lines=sign_in_letter(user.full_name, url),
            sent_at=clock.now(),
        )
        outcome = await mail.send_letter(letter)
        if not isinstance(outcome, Accepted):
            reason = outcome.reason
            _log.warning("sign_in_link_not_sent", user=user.name, reason=reason)

    return send


def _secret(vault: KeyVault, reference: str) -> str:
    if not reference:
        return ""
    value = vault.secret(reference)
    if value is None:
        msg = f"HANDRAIL_SMTP_PASSWORD refers to {reference}, where nothing is"
        raise InvalidError(msg, fields={"smtp_password": "refers to nothing"})
    return value.decode()
