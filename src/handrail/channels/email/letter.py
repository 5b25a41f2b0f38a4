"""A letter: a plain mail to one person about no page, such as a sign-in link."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from handrail.channels.email.render import Sender
from handrail.core.paging.wording import one_line

SUBJECT_CHARS_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One mail.

    Attributes:
        key: Names the letter; the same key is one mail to a mail program.
        lines: The text; lines longer than a mail allows are folded on the wire only.
    """

    key: str
    to: str
    subject: str
    lines: tuple[str, ...]
    sent_at: datetime


def letter_mail(letter: Letter, *, sender: Sender) -> EmailMessage:
    """Return the mail of a letter; ``letter.to`` is an address SMTP takes."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(
        display_name=one_line(sender.name, limit=60), addr_spec=sender.address
    )
    mail["To"] = Address(addr_spec=letter.to)
    mail["Date"] = letter.sent_at
    name = hashlib.sha256(letter.key.encode()).hexdigest()[:32]
    mail["Message-ID"] = f"<{name}@{sender.domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Subject"] = one_line(letter.subject, limit=SUBJECT_CHARS_MAX)
    mail.set_content("\n".join(letter.lines) + "\n", cte="quoted-printable")
    return mail
