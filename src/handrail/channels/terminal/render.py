"""A message as a framed block of lines for a terminal."""

import textwrap

from handrail.core import limits
from handrail.core.paging import wording
from handrail.ports.channel import Message, MessageItem

WIDTH = 78
SUMMARY_CHARS_MAX = 1000
DETAIL_CHARS_MAX = 200
DETAILS_MAX = 12
NOTES_MAX = 10

_BELL = "\a"
_BOLD = "\x1b[1m"
_PLAIN = "\x1b[0m"
_COLOURS = {"SEV1": "\x1b[1;31m", "SEV2": "\x1b[1;33m"}


def render(message: Message, *, is_coloured: bool, rings: bool) -> str:
    """Return the text to write, ended by a line feed.

    Every sender's text is cleaned of control characters, so that an alert cannot
    move the cursor, set a title or clear the screen.

    Args:
        message: What to tell.
        is_coloured: Whether severities are told by colour as well as by word.
        rings: Whether the terminal's bell rings first.
    """
    bell = _BELL if rings else ""
    return bell + wording.safely(
        lambda: _framed(message, is_coloured=is_coloured),
        otherwise=lambda: _plainest(message),
    )


def _framed(message: Message, *, is_coloured: bool) -> str:
    shown = message.items[: limits.BUNDLE_ITEMS_SHOWN_MAX]
    is_brief = len(message.items) > 1
    address = wording.one_line(message.address, limit=40)
    recipient = wording.one_line(message.recipient, limit=80)
    count = f"{len(message.items)} PAGES" if is_brief else _word(message)
    at = f"{message.sent_at:%Y-%m-%d %H:%M:%S} UTC"
    whom = f"{recipient} ({address})" if address else recipient
    lines = ["=" * WIDTH, f"{count} for {whom} at {at}", "-" * WIDTH]
    for item in shown:
        lines += _item(item, is_brief=is_brief, is_coloured=is_coloured)
    hidden = len(message.items) - len(shown)
    lines += [f"and {hidden} more; the console lists them all."] if hidden else []
    lines.append("=" * WIDTH)
    return "\n".join(lines) + "\n"


def _item(item: MessageItem, *, is_brief: bool, is_coloured: bool) -> list[str]:
    title = wording.title_line(
        severity=item.severity, title=item.title, service=item.service, limit=400
    )
    colour = _COLOURS.get(item.severity, _BOLD)
    wrapped = _wrapped(title)
    if is_coloured:
        wrapped = [f"{colour}{line}{_PLAIN}" for line in wrapped]
    lines = [*wrapped, *_links(item)]
    for said in (item.what_next, *item.notes[:NOTES_MAX]):
        lines += _wrapped(wording.one_line(said, limit=500))
    if not is_brief:
        for line in wording.block(item.summary, limit=SUMMARY_CHARS_MAX).split("\n"):
            lines += _wrapped(line)
        for name, value in item.details[:DETAILS_MAX]:
            fact = f"{wording.one_line(name, limit=60)}: "
            fact += wording.one_line(value, limit=DETAIL_CHARS_MAX)
            lines += _wrapped(f"  {fact}")
        if item.alert_url:
            lines.append(f"Alert: {wording.link(item.alert_url)}")
    return [*lines, ""]


def _plainest(message: Message) -> str:
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
    return f"{_word(message)}\n" + "".join(blocks) + wording.NOT_RENDERED + "\n"


def _word(message: Message) -> str:
    return "BULLETIN" if message.items[0].is_bulletin else "PAGE"


def _links(item: MessageItem) -> list[str]:
    """Return where to acknowledge and where to go on, as far as there are such."""
    ack, there = wording.link(item.ack_url), wording.link(item.open_url)
    return [
        *([] if item.is_bulletin else [f"Acknowledge: {ack}"]),
        *([f"Open: {there}"] if item.open_url else []),
    ]


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, break_on_hyphens=False)
