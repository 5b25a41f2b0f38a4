"""The mail that carries a one-time sign-in link: plain text, one link, few words."""

import hashlib
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from handrail.channels.email.render import Sender
from handrail.core.limits import SIGN_IN_LINK_LIFE
from handrail.core.paging import wording


def render(
    recipient: str, url: str, *, sender: Sender, sent_at: datetime
) -> EmailMessage:
    """Return the mail to a plain address; ``sent_at`` is its date."""
    minutes = int(SIGN_IN_LINK_LIFE.total_seconds() // 60)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(
        display_name=wording.one_line(sender.name, limit=60), addr_spec=sender.address
    )
    mail["To"] = Address(addr_spec=recipient)
    mail["Date"] = sent_at
    digest = hashlib.sha256(url.encode()).hexdigest()[:32]
    mail["Message-ID"] = f"<sign-in-{digest}@{sender.domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Subject"] = "Sign in to Handrail"
    mail.set_content(
        f"Open this within {minutes} minutes to sign in; it works once:\n\n{url}\n\n"
        "If you did not ask for it, nothing needs doing.\n"
    )
    return mail
