"""A message as a MIME mail: readable on a lock screen, one tap from acknowledging."""

import base64
import hashlib
import html
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from handrail.core import limits
from handrail.core.paging import wording
from handrail.ports.channel import Message, MessageItem

SUBJECT_CHARS_MAX = 180
"""Header lines fold, but a phone shows far less."""
_SUBJECT_PLAIN_MAX = 69
_ENCODED_WORD_BYTES = 39
"""With its framing and the name of the header a line stays under 78 characters."""
SUMMARY_CHARS_MAX = 4000
DETAIL_CHARS_MAX = 500
DETAILS_MAX = 30
NOTES_MAX = 10

_STYLE = "font:16px/1.45 system-ui,sans-serif;max-width:36em;margin:0 auto;padding:16px"
_BUTTON = (
    "display:inline-block;padding:20px 28px;border-radius:8px;background:#0b5cad;"
    "color:#ffffff;font-size:20px;font-weight:600;text-decoration:none"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who the mail is from.

    Attributes:
        address: A plain address; its domain also names the messages.
        name: What mail programs show.
    """

    address: str
    name: str

    @property
    def domain(self) -> str:
        """Return the part after the last ``@``."""
        return self.address.rpartition("@")[2]


def render(message: Message, *, sender: Sender) -> EmailMessage:
    """Return the mail; a fault in the rendering gives a plain mail, never none.

    ``Message-ID`` is derived from the idempotency key, so that repeated attempts at
    the same content are one mail to a mail program. Mails about one page share one
    thread, whose root is never itself sent.
    """
    return wording.safely(
        lambda: _whole(message, sender=sender),
        otherwise=lambda: _plainest(message, sender=sender),
    )


def subject(message: Message) -> str:
    """Return the subject line: the title, or how many pages wait and which."""
    if len(message.items) == 1:
        return _title(message.items[0], limit=SUBJECT_CHARS_MAX)
    worst_first = sorted(message.items, key=lambda item: item.severity)
    titles = ", ".join(_title(item, limit=80) for item in worst_first[:5])
    line = f"{len(message.items)} pages waiting: {titles}"
    return wording.one_line(line, limit=SUBJECT_CHARS_MAX)


def encoded(text: str) -> str:
    """Return one line of text as a folded header value (RFC 2047).

    The standard library's folding adds and loses spaces where long words and text
    outside ASCII meet, so whatever is not short plain ASCII is encoded whole here.
    """
    if text.isascii() and len(text) <= _SUBJECT_PLAIN_MAX and "=?" not in text:
        return text
    pieces = [b""]
    for character in text:
        written = character.encode()
        if len(pieces[-1]) + len(written) > _ENCODED_WORD_BYTES:
            pieces.append(b"")
        pieces[-1] += written
    words = (base64.b64encode(piece).decode("ascii") for piece in pieces)
    return "\r\n ".join(f"=?utf-8?b?{word}?=" for word in words)


def plain(message: Message) -> str:
    """Return the text part: title, acknowledge link, what happens next, the rest."""
    shown = message.items[: limits.BUNDLE_ITEMS_SHOWN_MAX]
    lines: list[str] = []
    if len(message.items) > 1:
        lines += [f"{len(message.items)} pages are waiting for you.", ""]
    for item in shown:
        lines += _plain_item(item, is_brief=len(message.items) > 1)
    lines += _rest(message)
    return "\n".join(lines).strip("\n") + "\n"


def _whole(message: Message, *, sender: Sender) -> EmailMessage:
    mail = _envelope(message, sender=sender)
    mail.set_raw("Subject", encoded(subject(message)))
    if not message.items[0].is_bulletin:
        mail["Importance"] = "high"
    roots = " ".join(
        f"<{_root(item)}@{sender.domain}>"
        for item in message.items[: limits.BUNDLE_ITEMS_SHOWN_MAX]
    )
    mail["In-Reply-To"] = roots.partition(" ")[0]
    mail["References"] = roots
    mail.set_content(plain(message), cte="quoted-printable")
    mail.add_alternative(_html(message), subtype="html", cte="quoted-printable")
    # A quoted-printable body writes "=" as "=3D", so it cannot contain this.
    mail.set_boundary(f"=_{_digest(message.idempotency_key)}")
    return mail


def _plainest(message: Message, *, sender: Sender) -> EmailMessage:
    mail = _envelope(message, sender=sender)
    is_bulletin = message.items[0].is_bulletin
    waiting = f"{len(message.items)} page(s) waiting"
    mail["Subject"] = "News of an incident" if is_bulletin else waiting
    blocks = [
        "\n".join(
            [
                wording.one_line(item.title, limit=200) or wording.NO_TITLE,
                *_links(item),
                "",
            ]
        )
        for item in message.items
    ]
    mail.set_content(
        "\n".join([*blocks, wording.NOT_RENDERED]) + "\n", cte="quoted-printable"
    )
    return mail


def _envelope(message: Message, *, sender: Sender) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(
        display_name=wording.one_line(sender.name, limit=60), addr_spec=sender.address
    )
    mail["To"] = Address(addr_spec=message.address)
    mail["Date"] = message.sent_at
    mail["Message-ID"] = f"<{_digest(message.idempotency_key)}@{sender.domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail["Handrail-Hops"] = str(max(wording.hops(i.details) for i in message.items))
    return mail


def _root(item: MessageItem) -> str:
    """Return what the thread is called: one a page, and one for all news of a thing.

    That is an incident, or where one goes on: a cover request, a swap.
    """
    if item.page_id:
        return f"page-{_digest(item.page_id)}"
    if not item.incident:
        return f"news-{_digest(item.open_url)}"
    return f"incident-{_digest(item.incident)}"


def _links(item: MessageItem) -> list[str]:
    """Return where to acknowledge and where to go on, as far as there are such."""
    ack, there = wording.link(item.ack_url), wording.link(item.open_url)
    return [
        *([] if item.is_bulletin else [f"Acknowledge: {ack}"]),
        *([f"Open: {there}"] if item.open_url else []),
    ]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:32]


def _title(item: MessageItem, *, limit: int) -> str:
    return wording.title_line(
        severity=item.severity, title=item.title, service=item.service, limit=limit
    )


def _instant(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S %Z}"


def _notes(item: MessageItem) -> list[str]:
    notes = (wording.one_line(note, limit=500) for note in item.notes[:NOTES_MAX])
    return [note for note in notes if note]


def _details(item: MessageItem) -> list[tuple[str, str]]:
    return [
        (
            wording.one_line(name, limit=100),
            wording.one_line(value, limit=DETAIL_CHARS_MAX),
        )
        for name, value in item.details[:DETAILS_MAX]
    ]


def _rest(message: Message) -> list[str]:
    hidden = len(message.items) - limits.BUNDLE_ITEMS_SHOWN_MAX
    return [f"and {hidden} more; the console lists them all."] if hidden > 0 else []


def _plain_item(item: MessageItem, *, is_brief: bool) -> list[str]:
    next_words = wording.one_line(item.what_next, limit=500)
    lines = [
        _title(item, limit=limits.TITLE_CHARS_MAX),
        *_links(item),
        *([next_words] if next_words else []),
        *_notes(item),
    ]
    if is_brief:
        return [*lines, ""]
    summary = wording.block(item.summary, limit=SUMMARY_CHARS_MAX)
    opened = "Told" if item.is_bulletin else "Opened"
    lines += ["", f"{opened} {_instant(item.opened_at)}"]
    lines += ["", summary] if summary else []
    details = [f"{name}: {value}" for name, value in _details(item)]
    lines += ["", *details] if details else []
    lines += ["", f"Alert: {wording.link(item.alert_url)}"] if item.alert_url else []
    return [*lines, ""]


def _html(message: Message) -> str:
    shown = message.items[: limits.BUNDLE_ITEMS_SHOWN_MAX]
    is_brief = len(message.items) > 1
    rest = "".join(f"<p>{html.escape(line)}</p>" for line in _rest(message))
    items = "<hr>".join(_html_item(item, is_brief=is_brief) for item in shown)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        '<meta name="color-scheme" content="light dark">'
        '<meta name="supported-color-schemes" content="light dark">'
        f"<title>{html.escape(subject(message))}</title></head>"
        f'<body style="{_STYLE}">{items}{rest}</body></html>\n'
    )


def _html_item(item: MessageItem, *, is_brief: bool) -> str:
    title = html.escape(_title(item, limit=limits.TITLE_CHARS_MAX))
    said = [wording.one_line(item.what_next, limit=500), *_notes(item)]
    parts = [
        f'<h1 style="font-size:20px">{title}</h1>',
        *_html_links(item),
        *(f"<p>{html.escape(line)}</p>" for line in said if line),
    ]
    if not is_brief:
        summary = html.escape(wording.block(item.summary, limit=SUMMARY_CHARS_MAX))
        rows = "".join(
            f"<li>{html.escape(name)}: {html.escape(value)}</li>"
            for name, value in _details(item)
        )
        opened = "Told" if item.is_bulletin else "Opened"
        parts += [
            f"<p>{opened} {_instant(item.opened_at)}</p>",
            f'<p style="white-space:pre-wrap">{summary}</p>' if summary else "",
            f"<ul>{rows}</ul>" if rows else "",
            f"<p>{_anchor(item.alert_url, 'Open the alert', style='')}</p>"
            if item.alert_url
            else "",
        ]
    return "".join(parts)


def _html_links(item: MessageItem) -> list[str]:
    """Return the one button, and beside it where to go on."""
    words = f"Open {item.incident}" if item.incident else "Open"
    if item.is_bulletin:
        return [f"<p>{_anchor(item.open_url, words, style=_BUTTON)}</p>"]
    links = [f"<p>{_anchor(item.ack_url, 'Acknowledge', style=_BUTTON)}</p>"]
    if item.open_url:
        links.append(f"<p>{_anchor(item.open_url, words, style='')}</p>")
    return links


def _anchor(url: str, words: str, *, style: str) -> str:
    address = wording.link(url)
    if not address.lower().startswith(("https://", "http://")):
        return html.escape(f"{words}: {address}")
    return f'<a href="{html.escape(address)}" style="{style}">{html.escape(words)}</a>'
