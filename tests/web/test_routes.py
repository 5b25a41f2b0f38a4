"""The console: what it shows, to whom, and what its buttons do."""

import re
from collections import Counter
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.api.site import CONFIGURATION, Site, site
from typing_extensions import override

from handrail.core.paging.page import PageState

QUERIES_FOLLOWED = 5
READING = [
    "/",
    "/alerts",
    "/alerts?show=all",
    "/oncall",
    "/oncall/schedules/primary",
    "/oncall/schedules/primary/why",
    "/oncall/people/ana",
    "/settings/tokens",
]


class _Parts(HTMLParser):
    """Collects what a page links to and loads, and what is written inline."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: list[str] = []
        self.inline: list[str] = []
        self.feed(text)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if tag == "a" and name == "href" and value:
                self.links.append(value)
            if name == "style" or name.startswith("on"):
                self.inline.append(f"{tag} {name}")


def test_now_shows_who_is_sought_since_when_and_what_comes(home: Site) -> None:
    home.signal()

    text = home.look("/", "ana").text

    assert "You are paged" in text
    assert "Seeking Ana Berger" in text
    assert "18:04 CET" in text
    assert "Ben Okoro is told at" in text


def test_times_are_in_the_readers_zone_with_utc_beside(home: Site) -> None:
    home.signal()

    text = home.look("/", "ben").text

    assert "18:04 WAT" in text
    assert 'title="2026-01-14 17:04:00 UTC"' in text
    assert 'datetime="2026-01-14T17:04:00.000Z"' in text


def test_i_have_it_acknowledges_and_goes_back(home: Site) -> None:
    home.signal()
    page = home.page()

    answer = home.press(f"/pages/{page.id}/acknowledge", "ben", back="now")

    assert (answer.status, answer.header("location")) == (303, "/?news=acknowledged")
    assert home.reread(page.id).acknowledged_by == "ben"
    assert "In hand" in home.look("/", "ana").text


def test_passing_on_twice_from_one_screen_passes_on_once(home: Site) -> None:
    home.signal()
    page = home.page()
    text = home.look(f"/pages/{page.id}", "ana").text
    found = re.search(r'name="entry" value="(\d+)"', text)
    assert found is not None

    first = home.press(f"/pages/{page.id}/escalate", "ana", entry=found.group(1))
    again = home.press(f"/pages/{page.id}/escalate", "ana", entry=found.group(1))

    assert first.header("location").endswith("?news=escalated")
    assert again.header("location").endswith("?news=moved")
    assert home.reread(page.id).level == 1


def test_resolving_ends_the_page_and_its_alert(home: Site) -> None:
    home.signal()
    page = home.page()

    home.press(f"/pages/{page.id}/resolve", "ana")

    assert home.reread(page.id).state is PageState.RESOLVED
    assert "All quiet" in home.look("/", "ana").text
    assert "resolved by ana" in home.look(f"/alerts/{page.alert_id}", "ana").text


def test_an_observer_sees_no_button_and_no_address(home: Site) -> None:
    home.signal()
    page = home.page()

    text = home.look(f"/pages/{page.id}", "cleo").text

    assert "I have it" not in text
    assert "ana@example.org" not in text
    assert "address hidden" in text
    assert "ana@example.org" in home.look(f"/pages/{page.id}", "ben").text


def test_a_page_shows_its_timeline_and_every_debt(home: Site) -> None:
    home.signal()

    text = home.look(f"/pages/{home.page().id}", "ana").text

    assert "opened at SEV1" in text
    assert "level 1 told" in text
    assert "Who was told" in text
    assert "pending" in text
    assert "payments-oncall v1" in text


def test_an_alert_explains_what_became_of_it(home: Site) -> None:
    receipt = home.signal(team="payments")
    page = home.page()

    text = home.look(f"/alerts/{page.alert_id}", "cleo").text

    assert "route everything" in text
    assert receipt in text
    assert "payments" in text


def test_labels_cannot_plant_markup_or_scripts(home: Site) -> None:
    home.signal("<b onclick=x>hot</b>", note="<script>alert(1)</script>")
    page = home.page()

    for path in ("/", f"/pages/{page.id}", f"/alerts/{page.alert_id}", "/alerts"):
        parts = _Parts(home.look(path, "ana").text)

        assert "script" not in parts.tags
        assert parts.inline == []


@pytest.mark.parametrize("path", [*READING, "/configuration", "/held", "/sign-in"])
def test_no_screen_needs_a_script_or_inline_style(home: Site, path: str) -> None:
    parts = _Parts(home.look(path, "ana").text)

    assert not {"script", "style", "iframe", "img"} & set(parts.tags)
    assert parts.inline == []


def test_no_link_of_the_console_changes_anything(home: Site) -> None:
    home.signal()
    page = home.page()
    seen: set[str] = set()
    # Weeks follow each other for ever: a few of each place are enough.
    visits = Counter[str]()
    ahead = ["/", home.link(page.id)]
    while ahead:
        path = ahead.pop()
        place = path.partition("?")[0]
        is_enough = visits[place] >= QUERIES_FOLLOWED
        if path in seen or is_enough or not path.startswith("/"):
            continue
        seen.add(path)
        visits[place] += 1
        answer = home.look(path, "ana")
        assert answer.status == 200, path
        ahead += (
            _Parts(answer.text).links if "html" in answer.header("content-type") else []
        )

    assert len(seen) > 8
    assert home.reread(page.id) == page


def test_oncall_says_who_until_when_and_who_then(home: Site) -> None:
    text = home.look("/oncall", "cleo").text

    assert "Ana Berger" in text
    assert "Mon 19 Jan 08:00 GMT" in text
    assert "<b>Ben Okoro</b>" in text
    assert "Europe/Berlin" in text


def test_oncall_answers_for_another_time(home: Site) -> None:
    text = home.look("/oncall?at=2026-01-20T12:00:00Z", "cleo").text

    assert '<p class="large">Ben Okoro' in text


def test_the_setup_lists_every_document(home: Site) -> None:
    text = home.look("/configuration", "ben").text

    for word in ("payments-oncall", "primary", "checkout", "Revision 1"):
        assert word in text


def test_an_empty_installation_teaches(tmp_path: Path) -> None:
    with site(tmp_path, configuration="") as home:
        now = home.look("/", "operator").text
        alerts = home.look("/alerts", "operator").text
        setup = home.look("/configuration", "operator").text
        oncall = home.look("/oncall", "operator").text

    assert "handrail config apply" in now
    assert "handrail alert send" in alerts
    assert "handrail config check" in setup
    assert "handrail config schema" in oncall


def test_a_held_installation_says_so_on_every_screen(home: Site) -> None:
    home.hold()

    for path in READING:
        assert "Nothing is being sent to anybody" in home.look(path, "ana").text
    assert "See what waits" not in home.look("/", "ben").text


def test_releasing_shows_what_waits_first(home: Site) -> None:
    home.signal()
    home.hold()

    shown = home.look("/held", "ana").text
    answer = home.press("/held/release", "ana", waiting="send")

    assert "user:ana" in shown
    assert answer.header("location") == "/?news=released"
    assert "Nothing is being sent" not in home.look("/", "ana").text


def test_a_token_is_shown_once(home: Site) -> None:
    made = home.press("/settings/tokens", "ben", name="ci", role="observer")
    found = re.search(r"hr_pat_\w+_[\w-]{43}_[0-9a-f]{8}", made.text)
    assert found is not None

    headers = {"authorization": f"Bearer {found.group()}"}

    assert home.ask("GET", "/api/v1/pages", headers=headers).status == 200
    assert found.group() not in home.look("/settings/tokens", "ben").text


def test_a_refused_token_keeps_what_was_typed(home: Site) -> None:
    answer = home.press("/settings/tokens", "ben", name="n" * 101, role="observer")

    assert answer.status == 422
    assert 'aria-describedby="name-error"' in answer.text
    assert "n" * 101 in answer.text


def test_a_responder_cannot_make_an_admins_token(home: Site) -> None:
    answer = home.press("/settings/tokens", "ben", name="ci", role="admin")

    assert answer.status == 403
    assert "Traceback" not in answer.text


def test_a_revoked_token_lets_nobody_in(home: Site) -> None:
    headers = home.as_("ben")
    tokens = home.ask("GET", "/api/v1/tokens", headers=headers).json()["items"]

    home.press(f"/settings/tokens/{tokens[0]['id']}/revoke", "ben")

    assert home.ask("GET", "/api/v1/tokens", headers=headers).status == 401


def test_nobody_revokes_anothers_token_but_an_admin(home: Site) -> None:
    home.as_("ana")
    tokens = home.get("/api/v1/tokens", "ana").json()["items"]
    anas = next(t["id"] for t in tokens if t["owner"] == "ana")

    refused = home.press(f"/settings/tokens/{anas}/revoke", "ben")
    allowed = home.press(f"/settings/tokens/{anas}/revoke", "ana")

    assert (refused.status, allowed.status) == (404, 303)


def test_news_is_only_what_we_say(home: Site) -> None:
    text = home.look("/?news=You+won+a+prize", "ana").text

    assert "prize" not in text


def test_lists_go_on_where_they_ended(home: Site) -> None:
    for number in range(52):
        home.signal(f"Fault {number}")
        home.clock.move(timedelta(milliseconds=5))

    first = home.look("/alerts", "ana").text
    older = re.search(r'href="(/alerts\?before=[^"]+)"', first)
    assert older is not None
    second = home.look(older.group(1).replace("&amp;", "&"), "ana").text

    assert "Fault 51" in first
    assert "Fault 1<" not in first
    assert "Fault 1<" in second
    assert "Fault 51" not in second


def test_somebody_else_is_told_that_a_page_does_not_seek_them(home: Site) -> None:
    home.signal()

    assert "Nobody has these yet" in home.look("/", "cleo").text


def test_nobody_on_call_is_said_aloud(tmp_path: Path) -> None:
    text = CONFIGURATION.replace("[ana, ben]", "[nobody]")
    with site(tmp_path, configuration=text) as home:
        shown = home.look("/oncall", "ana").text

    assert "Nobody is on call" in shown
