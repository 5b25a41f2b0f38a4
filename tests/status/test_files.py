"""The published files: whole, valid, harmless, and as other programs expect them."""

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from tests.core.status_page.notices import COMPONENTS, MINUTE, NOON, notice
from typing_extensions import override

from handrail.core.errors import UnavailableError
from handrail.core.ids import Slug
from handrail.core.status_page.component import ComponentStatus, StatusPage
from handrail.core.status_page.notice import Notice, NoticeStage
from handrail.core.status_page.public_view import PublicView, public_view
from handrail.status.files import PATHS, files, publish, write

LINK = "https://status.example.org"
OUTAGE, FINE = ComponentStatus.MAJOR_OUTAGE, ComponentStatus.OPERATIONAL
NASTY = "<b onclick=x>hot</b> & \"both\" 'quotes' ]]> <script>alert(1)</script>"
ATOM = "{http://www.w3.org/2005/Atom}"
VOID = {"meta", "link", "br"}
SP_PAGE = {"id", "name", "url", "time_zone", "updated_at"}
SP_COMPONENT = {
    "id", "name", "status", "created_at", "updated_at", "position", "description",
    "showcase", "start_date", "group_id", "page_id", "group", "only_show_if_degraded",
}  # fmt: skip
SP_INCIDENT = {
    "id", "name", "status", "created_at", "updated_at", "monitoring_at", "resolved_at",
    "started_at", "impact", "shortlink", "page_id", "reminder_intervals",
    "incident_updates", "components",
}  # fmt: skip
SP_UPDATE = {
    "id", "status", "body", "incident_id", "created_at", "updated_at", "display_at",
    "affected_components", "deliver_notifications", "custom_tweet", "tweet_id",
}  # fmt: skip


def a_week() -> list[Notice]:
    """One incident open, one over two days ago, one told of late."""
    stages = NoticeStage
    over = NOON - timedelta(days=2)
    return [
        notice(1, 1, at=over, checkout=OUTAGE, title="Sign-in fails"),
        notice(1, 2, stages.RESOLVED, at=over + 75 * MINUTE, checkout=FINE,
               title="Sign-in fails"),
        notice(1, 3, stages.RESOLVED, at=over + 90 * MINUTE, is_correction=True,
               title="Sign-in fails"),
        notice(2, 1, stages.RESOLVED, at=NOON - MINUTE, title="Invoices came late",
               shown_at=NOON - timedelta(days=3)),
        notice(3, 1, at=NOON - 9 * MINUTE, checkout=OUTAGE, text=NASTY, title=NASTY),
        notice(3, 2, stages.IDENTIFIED, at=NOON, title=NASTY, text="First.\nSecond.",
               next_update_at=NOON + 30 * MINUTE,
               checkout=ComponentStatus.PARTIAL_OUTAGE),
    ]  # fmt: skip


def seen(*notices: Notice, at: datetime = NOON + MINUTE, **page: str) -> PublicView:
    settings = StatusPage(title="Example & Shop", **page)
    return public_view(settings, COMPONENTS, notices, now=at)


WEEK = files(seen(*a_week(), support="help@example.org"), link=LINK)
HTML = [path for path in WEEK if path.endswith(".html")]


class Page(HTMLParser):
    """Checks that tags are balanced; keeps what matters."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.ids: list[str] = []
        self.handlers: list[str] = []
        self.words = ""
        self.feed(content.decode())
        assert self.open == []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name in {"href", "src"}:
                self.addresses.append(value or "")
            if name == "id":
                self.ids.append(value or "")
            if name.startswith("on") or name == "style":
                self.handlers.append(name)

    @override
    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    @override
    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in {"style", "script"}:
            self.words += data

    @property
    def text(self) -> str:
        return " ".join(self.words.split())


def loaded(path: str) -> Any:
    return json.loads(WEEK[path])


def test_every_file_has_its_name_and_the_first_page_comes_last() -> None:
    assert list(WEEK)[-1] == "index.html"
    assert len(WEEK) == 12
    assert [path for path in WEEK if PATHS.fullmatch(path) is None] == []


@pytest.mark.parametrize("path", HTML)
def test_a_page_is_well_formed_and_whole_in_itself(path: str) -> None:
    page = Page(WEEK[path])

    assert page.handlers == []
    assert len(page.ids) == len(set(page.ids))
    assert not {"img", "iframe", "form", "object"} & set(page.tags)
    assert page.tags.count("script") <= 1
    outward = [a for a in page.addresses if "://" in a or a.startswith("//")]
    assert outward == []


@pytest.mark.parametrize("path", HTML)
def test_every_link_of_a_page_leads_to_a_published_file(path: str) -> None:
    folder = Path(path).parent
    for address in Page(WEEK[path]).addresses:
        if address.startswith(("#", "data:", "mailto:")):
            continue
        target = (folder / address).as_posix()
        while "../" in target:
            target = re.sub(r"[^/]+/\.\./", "", target, count=1)
        assert target in WEEK, address


def test_the_first_page_answers_what_is_wrong_since_when_and_when_is_more_said() -> (
    None
):
    text = Page(WEEK["index.html"]).text

    assert "Partial System Outage" in text
    assert "As of 10 Mar 2026, 12:01 UTC" in text
    assert "Next update by 10 Mar 2026, 12:30 UTC." in text
    assert text.index("Identified") < text.index("Investigating")
    assert "Checkout: Partial outage" in text
    assert "Sunday, 8 March 2026 Sign-in fails Resolved, lasted 1 h 15 min" in text
    assert "Saturday, 7 March 2026 Invoices came late" in text
    assert "Monday, 9 March 2026 No incident began." in text


def test_a_promise_that_was_not_kept_is_said_to_be_late() -> None:
    later = files(seen(*a_week(), at=NOON + 31 * MINUTE), link=LINK)

    text = Page(later["index.html"]).text

    assert "was promised for 10 Mar 2026, 12:30 UTC; it is late." in text


def test_corrections_and_what_is_told_late_are_marked() -> None:
    assert "Correction" in Page(WEEK["incidents/1.html"]).text
    assert (
        "Told later published 10 Mar 2026, 11:59" in Page(WEEK["incidents/2.html"]).text
    )


def test_what_people_write_stays_text() -> None:
    page = Page(WEEK["incidents/3.html"])

    assert " ".join(NASTY.split()) in page.text
    assert page.tags.count("script") == 1
    assert page.handlers == []


def test_a_page_says_as_of_when_and_what_an_old_hour_means() -> None:
    for path in ("index.html", "history.html", "incidents/3.html"):
        text = Page(WEEK[path]).text
        assert "As of 10 Mar 2026, 12:01 UTC" in text
        assert "made anew about every minute" in text
    assert "made anew" not in Page(WEEK["incidents/1.html"]).text


def test_only_the_hour_moves_what_is_over() -> None:
    view = seen(*a_week(), at=NOON + 2 * MINUTE, support="help@example.org")
    later = files(view, link=LINK)

    moved = {path for path, content in later.items() if WEEK[path] != content}

    assert "incidents/1.html" not in moved
    assert "feed.atom" not in moved
    assert {"index.html", "history.html", "incidents/3.html"} <= moved


def test_without_components_and_notices_there_is_a_page() -> None:
    view = public_view(StatusPage(), {}, [], now=NOON)

    text = Page(files(view, link=LINK)["index.html"]).text

    assert "All Systems Operational" in text
    assert "Components" not in text


def test_the_summary_has_statuspages_fields() -> None:
    summary = loaded("api/v2/summary.json")

    assert set(summary) == {
        "page", "status", "components", "incidents", "scheduled_maintenances",
    }  # fmt: skip
    assert set(summary["page"]) == SP_PAGE | {"as_of"}
    assert summary["page"]["url"] == LINK
    assert summary["status"] == {
        "indicator": "major",
        "description": "Partial System Outage",
    }
    group, checkout, search, api = summary["components"]
    assert set(checkout) == SP_COMPONENT
    assert set(group) == SP_COMPONENT | {"components"}
    assert group["components"] == ["checkout", "search"]
    assert checkout["group_id"] == search["group_id"] == group["id"]
    assert (group["group"], checkout["group"], api["group_id"]) == (True, False, None)
    assert (group["status"], checkout["status"]) == ("partial_outage",) * 2
    assert [c["position"] for c in (group, checkout, search, api)] == [1, 1, 2, 4]


def test_incidents_have_statuspages_fields_newest_first() -> None:
    found = loaded("api/v2/incidents.json")["incidents"]
    unresolved = loaded("api/v2/incidents/unresolved.json")["incidents"]
    summary = loaded("api/v2/summary.json")["incidents"]

    assert [i["id"] for i in found] == ["incident-3", "incident-1", "incident-2"]
    assert unresolved == summary == found[:1]
    newest, over, _ = found
    assert set(newest) == SP_INCIDENT
    assert (newest["status"], newest["impact"]) == ("identified", "critical")
    assert newest["resolved_at"] is None
    assert newest["shortlink"] == f"{LINK}/incidents/3.html"
    update = newest["incident_updates"][0]
    assert set(update) == SP_UPDATE
    assert update["affected_components"] == [
        {
            "code": "checkout",
            "name": "Checkout",
            "old_status": "major_outage",
            "new_status": "partial_outage",
        }
    ]
    assert over["resolved_at"] == "2026-03-08T13:15:00.000Z"
    assert over["incident_updates"][0]["affected_components"] is None
    assert [c["id"] for c in newest["components"]] == ["checkout"]


def test_the_other_documents_are_parts_of_the_summary() -> None:
    summary = loaded("api/v2/summary.json")

    status = loaded("api/v2/status.json")
    components = loaded("api/v2/components.json")

    assert status == {k: summary[k] for k in ("page", "status")}
    assert components == {k: summary[k] for k in ("page", "components")}


def test_the_atom_feed_has_what_atom_demands() -> None:
    feed = ET.fromstring(WEEK["feed.atom"])

    def texts(name: str) -> list[str]:
        return [e.text or "" for e in feed.iter(ATOM + name)]

    entries = feed.findall(f"{ATOM}entry")
    assert feed.tag == f"{ATOM}feed"
    assert len(entries) == 6
    for entry in (feed, *entries):
        for name in ("id", "title", "updated"):
            assert len(entry.findall(ATOM + name)) == 1
    assert len(set(texts("id"))) == 7
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None
    assert texts("updated")[0] == "2026-03-10T12:00:00.000Z"
    assert entries[0].findtext(f"{ATOM}title") == f"{NASTY}: identified"
    assert entries[0].findtext(f"{ATOM}content") == (
        "First.\nSecond.\nCheckout: partial outage"
    )


def test_the_rss_feed_has_what_rss_demands_and_escapes_twice() -> None:
    channel = ET.fromstring(WEEK["feed.rss"]).find("channel")
    assert channel is not None

    items = channel.findall("item")

    for name in ("title", "link", "description"):
        assert channel.findtext(name)
    assert items[0].findtext("pubDate") == "Tue, 10 Mar 2026 12:00:00 +0000"
    guids = [item.find("guid") for item in items]
    assert {guid.get("isPermaLink") for guid in guids if guid is not None} == {"false"}
    described = [item.findtext("description") or "" for item in items]
    assert "<script>" not in "".join(described)
    assert described[0] == "First.<br>Second.<br>Checkout: partial outage"


def test_writing_again_replaces_only_what_changed(tmp_path: Path) -> None:
    assert write(tmp_path, WEEK) == len(WEEK)
    assert write(tmp_path, WEEK) == 0
    assert write(tmp_path, WEEK | {"index.html": b"new"}) == 1
    assert (tmp_path / "index.html").read_bytes() == b"new"
    assert list(tmp_path.rglob("*.new")) == []
    assert (tmp_path / "index.html").stat().st_mode & 0o777 == 0o644


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "status").write_text("a file is in the way")

    with pytest.raises(UnavailableError, match="status page cannot be written"):
        write(tmp_path / "status", WEEK)


def test_without_a_link_of_its_own_the_page_is_this_servers(tmp_path: Path) -> None:
    publish(seen(), tmp_path, base_url="https://handrail.example.org")

    document = json.loads((tmp_path / "api/v2/status.json").read_text())

    assert document["page"]["url"] == "https://handrail.example.org/status"


def test_a_support_address_is_a_link_only_where_it_can_be_one() -> None:
    def links(support: str) -> list[str]:
        made = files(seen(support=support), link=LINK)["index.html"]
        return [a for a in Page(made).addresses if a.startswith(("mailto:", "https:"))]

    assert links("help@example.org") == ["mailto:help@example.org"]
    assert links("https://example.org/help") == ["https://example.org/help"]
    assert links("javascript:alert(1)") == []


def test_who_wrote_a_notice_is_nobodys_business() -> None:
    told = replace(notice(title="Sign-in fails"), by=Slug("zoltan"))

    made = b"".join(files(seen(told), link=LINK).values())

    assert b"Sign-in fails" in made
    assert b"zoltan" not in made
