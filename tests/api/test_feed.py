"""Calendar feeds over HTTP: made with a session, read without one."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from tests.api.site import CONFIGURATION, Answer, Site, site

from handrail.core.ids import Slug
from handrail.core.schedule.feed import schedule_events

FEEDS = "/api/v1/oncall/feeds"
SCHEDULE = {"subject": "schedule", "name": "primary"}
OVERRIDE = """
---
override:
  name: holiday
  schedule: primary
  user: cleo
  from: 2026-01-20 09:00
  until: 2026-01-21 09:00
"""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as made:
        yield made


def made(home: Site, who: str = "cleo", **asked: str) -> dict[str, Any]:
    answer = home.post(FEEDS, asked or SCHEDULE, who)
    assert answer.status == 201, answer.text
    issued: dict[str, Any] = answer.json()
    issued["path"] = issued["url"].removeprefix("https://handrail.test")
    return issued


def ask(home: Site, path: str, *, method: str = "GET", known: str = "") -> Answer:
    return home.ask(method, path, headers={"if-none-match": known} if known else {})


def events(answer: Answer) -> list[Any]:
    assert answer.status == 200, answer.text
    return list(Calendar.from_ical(answer.body).walk("VEVENT"))


def test_a_feed_is_read_without_a_session_and_has_the_shifts(home: Site) -> None:
    path = made(home)["path"]

    answer = ask(home, path)

    snapshot = home.store.read(lambda tx: tx.configuration.snapshot())
    primary = snapshot.schedules[Slug("primary")]
    wanted = schedule_events(primary, {}, now=home.clock.now())
    assert [(e.start, e.end) for e in events(answer)] == [
        (e.starts_at, e.ends_at) for e in wanted
    ]
    assert {str(e["summary"]) for e in events(answer)} == {
        "Ana Berger: Payments, primary",
        "Ben Okoro: Payments, primary",
    }
    assert answer.header("content-type") == "text/calendar; charset=utf-8"
    assert answer.header("cache-control") == "private, max-age=300"


def test_ones_own_feed_has_overrides_over_all_schedules(home: Site) -> None:
    path = made(home, "cleo", subject="user")["path"]
    assert events(ask(home, path)) == []

    home.configure(CONFIGURATION + OVERRIDE)

    found = events(ask(home, path))
    assert [str(e["summary"]) for e in found] == ["Cleo Marsh: Payments, primary"]
    assert found[0]["sequence"] == 2


def test_what_was_on_call_stays_so_in_the_calendar(home: Site) -> None:
    of_all, of_ana = made(home)["path"], made(home, "ana", subject="user")["path"]
    home.clock.move(timedelta(days=2))
    now = home.clock.now()
    before = [
        (event.start, event["summary"])
        for path in (of_all, of_ana)
        for event in events(ask(home, path))
        if event.end <= now
    ]

    home.configure(CONFIGURATION.replace("[ana, ben]", "[cleo]"))

    after = [
        (event.start, event["summary"])
        for path in (of_all, of_ana)
        for event in events(ask(home, path))
        if event.end < now
    ]
    assert before
    assert after == before


def test_the_same_is_not_sent_twice(home: Site) -> None:
    path = made(home)["path"]
    first = ask(home, path)
    tag = first.header("etag")

    again = ask(home, path, known=f'"other", W/{tag}')

    assert (again.status, again.body) == (304, b"")
    assert again.header("etag") == tag
    assert again.header("cache-control") == "private, max-age=300"


def test_a_new_day_or_revision_is_sent(home: Site) -> None:
    path = made(home)["path"]
    tag = ask(home, path).header("etag")

    home.clock.move(timedelta(days=1))
    next_day = ask(home, path, known=tag)
    home.configure(CONFIGURATION + OVERRIDE)
    edited = ask(home, path, known=next_day.header("etag"))

    assert (next_day.status, edited.status) == (200, 200)


def test_head_answers_as_get_without_the_body(home: Site) -> None:
    path = made(home)["path"]

    answer = ask(home, path, method="HEAD")

    assert (answer.status, answer.body) == (200, b"")
    assert answer.header("etag") == ask(home, path).header("etag")


def test_a_revoked_address_is_closed_and_says_no_more_than_an_unknown_one(
    home: Site,
) -> None:
    issued = made(home)
    revoked = home.ask(
        "DELETE", f"{FEEDS}/{issued['feed']['id']}", headers=home.as_("cleo")
    )
    assert revoked.json()["revoked_at"] is not None

    closed, unknown = ask(home, issued["path"]), ask(home, "/ical/hr_cal_x.ics")

    assert (closed.status, unknown.status) == (404, 404)
    assert closed.body == unknown.body


def test_rotating_gives_a_new_address_and_closes_the_old(home: Site) -> None:
    issued = made(home)

    answer = home.post(f"{FEEDS}/{issued['feed']['id']}/rotate", who="cleo")

    fresh = answer.json()["url"].removeprefix("https://handrail.test")
    assert ask(home, issued["path"]).status == 404
    assert ask(home, fresh).status == 200


def test_the_secret_is_told_once_and_only_its_digest_is_kept(home: Site) -> None:
    secret = made(home)["path"].split("/")[-1].removesuffix(".ics")

    listed = home.get(FEEDS, "ana").text
    kept = home.store.read(lambda tx: tx.access.feeds())

    assert secret not in listed
    assert secret not in repr(kept)


def test_a_use_is_noted_once_an_hour(home: Site) -> None:
    path = made(home)["path"]

    def used() -> Any:
        return home.get(FEEDS, "ana").json()["items"][0]["last_used_at"]

    assert used() is None
    ask(home, path)
    first = used()
    home.clock.move(timedelta(minutes=30))
    ask(home, path)
    assert used() == first
    home.clock.move(timedelta(minutes=30))
    ask(home, path)
    assert used() > first


def test_only_an_admin_makes_somebody_elses_feed(home: Site) -> None:
    asked = {"subject": "user", "name": "ben"}

    assert home.post(FEEDS, asked, "cleo").status == 403
    assert home.post(FEEDS, asked, "ana").status == 201


def test_the_person_sees_and_closes_a_feed_that_an_admin_made_of_them(
    home: Site,
) -> None:
    issued = made(home, "ana", subject="user", name="ben")
    made(home, "cleo", subject="user")

    listed = home.get(FEEDS, "ben").json()["items"]

    assert [item["id"] for item in listed] == [issued["feed"]["id"]]
    path = f"{FEEDS}/{issued['feed']['id']}"
    assert home.ask("DELETE", path, headers=home.as_("ben")).status == 200


def test_somebody_elses_feed_is_not_there(home: Site) -> None:
    issued = made(home, "ana")

    answer = home.post(f"{FEEDS}/{issued['feed']['id']}/rotate", who="ben")

    assert answer.status == 404


@pytest.mark.parametrize(
    "asked",
    [{"subject": "schedule"}, {"subject": "schedule", "name": "primry"}],
)
def test_a_feed_of_no_schedule_is_refused_by_field(
    home: Site, asked: dict[str, str]
) -> None:
    answer = home.post(FEEDS, asked, "ben")

    assert answer.status == 422
    assert answer.json()["errors"][0]["field"] == "name"


def test_the_operator_has_no_shifts(home: Site) -> None:
    assert home.post(FEEDS, {"subject": "user"}, "operator").status == 422


def test_a_feed_ends_with_the_account_that_made_it(home: Site) -> None:
    path = made(home, "cleo")["path"]
    without = CONFIGURATION.replace("user:cleo", "user:ben")
    start = without.index("user:\n  name: cleo")
    end = without.index("---", start)

    home.configure(without[:start] + without[end + 4 :])

    assert ask(home, path).status == 404
