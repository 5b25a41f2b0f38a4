"""The notices as Atom (RFC 4287) and RSS 2.0: an entry each, newest first."""

from collections.abc import Iterator
from email.utils import format_datetime
from html import escape
from xml.etree import ElementTree as ET

from handrail.core.instants import format_rfc3339
from handrail.core.status_page.notice import Notice
from handrail.core.status_page.public_view import PublicIncident, PublicView
from handrail.status.wording import changed, heading

ENTRIES_MAX = 50
_ATOM = "http://www.w3.org/2005/Atom"
ATOM_FILE, RSS_FILE = "feed.atom", "feed.rss"


def atom(view: PublicView, *, link: str) -> bytes:
    """Return the feed as Atom; ``link`` is where the page is read."""
    feed = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": "en"})
    _add(feed, "id", f"{link}/")
    _add(feed, "title", view.page.title)
    _add(feed, "updated", format_rfc3339(view.updated_at or view.as_of))
    _add(_add(feed, "author"), "name", view.page.title)
    _add(feed, "link", rel="self", href=f"{link}/{ATOM_FILE}")
    _add(feed, "link", rel="alternate", type="text/html", href=f"{link}/")
    for incident, notice in _newest(view):
        entry = _add(feed, "entry")
        _add(entry, "id", f"urn:uuid:{notice.id}")
        _add(entry, "title", heading(incident, notice))
        _add(entry, "published", format_rfc3339(notice.shown_at))
        _add(entry, "updated", format_rfc3339(notice.posted_at))
        href = _address(incident, link)
        _add(entry, "link", rel="alternate", type="text/html", href=href)
        _add(entry, "content", _plain(incident, notice), type="text")
    return _written(feed)


def rss(view: PublicView, *, link: str) -> bytes:
    """Return the feed as RSS; ``link`` is where the page is read."""
    root = ET.Element("rss", {"version": "2.0", "xmlns:atom": _ATOM})
    channel = _add(root, "channel")
    _add(channel, "title", view.page.title)
    _add(channel, "link", f"{link}/")
    _add(channel, "description", f"What the public is told by {view.page.title}")
    _add(channel, "language", "en")
    _add(
        channel,
        "atom:link",
        rel="self",
        type="application/rss+xml",
        href=f"{link}/{RSS_FILE}",
    )
    for incident, notice in _newest(view):
        item = _add(channel, "item")
        _add(item, "title", heading(incident, notice))
        _add(item, "link", _address(incident, link))
        _add(item, "guid", f"urn:uuid:{notice.id}", isPermaLink="false")
        _add(item, "pubDate", format_datetime(notice.posted_at))
        # A reader shows this as HTML: escaped once for it, and once more for XML.
        html = escape(_plain(incident, notice)).replace("\n", "<br>")
        _add(item, "description", html)
    return _written(root)


def _newest(view: PublicView) -> Iterator[tuple[PublicIncident, Notice]]:
    told = [(i, n) for i in view.incidents for n in i.notices]
    told.sort(key=lambda pair: (pair[1].posted_at, pair[1].number), reverse=True)
    return iter(told[:ENTRIES_MAX])


def _address(incident: PublicIncident, link: str) -> str:
    return f"{link}/incidents/{incident.number}.html"


def _plain(incident: PublicIncident, notice: Notice) -> str:
    lines = [notice.text, *map(changed, incident.changes(notice))]
    return "\n".join(lines)


def _add(
    parent: ET.Element, name: str, text: str | None = None, **attributes: str
) -> ET.Element:
    made = ET.SubElement(parent, name, attributes)
    made.text = text
    return made


def _written(root: ET.Element) -> bytes:
    ET.indent(root)
    found: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return found + b"\n"
