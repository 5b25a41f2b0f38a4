"""Calendar feeds over HTTP: made with a session, read without one."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from tests.api.site import CONFIGURATION, Answer, Site, site

from handrail.api.deps import MISSES_MAX, MISSES_WITHIN_SECONDS
from handrail.core.access.role import Role
from handrail.core.ids import Slug
from handrail.core.schedule.feed import schedule_events
from handrail.ports.store import Transaction
from handrail.usecases import access, token
from handrail.usecases.access import OPERATOR

FEEDS = "/api/v1/oncall/feeds"
SHIFTS = "/api/v1/oncall/shifts"
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


def without(text: str, kind: str, name: str) -> str:
    """Return the configuration without one document."""
    documents = text.split("---\n")
    kept = [one for one in documents if f"{kind}:\n  name: {name}\n" not in one]
    assert len(kept) == len(documents) - 1
    return "---\n".join(kept)


def test_a_feed_ends_with_the_account_that_made_it(home: Site) -> None:
    path = made(home, "cleo")["path"]
    text = CONFIGURATION.replace("user:cleo", "user:ben")

    home.configure(without(text, "user", "cleo"))

    assert ask(home, path).status == 404


def test_a_name_that_is_given_again_brings_nothing_of_its_last_bearer(
    home: Site,
) -> None:
    own = made(home, "cleo", subject="user")["path"]
    by_admin = made(home, "ana", subject="user", name="cleo")["path"]
    of_schedule = made(home, "cleo")["path"]
    bearer, browser = home.as_("cleo"), home.browser("cleo")
    text = CONFIGURATION.replace("user:cleo", "user:ben")

    home.configure(without(text, "user", "cleo"))
    home.configure(CONFIGURATION)

    paths = (own, by_admin, of_schedule)
    assert [ask(home, path).status for path in paths] == [404, 404, 404]
    assert home.ask("GET", FEEDS, headers=bearer).status == 401
    assert home.ask("GET", "/oncall/feeds", headers=browser).status == 303
    revoked = home.get(FEEDS, "ana").json()["items"]
    assert all(item["revoked_at"] for item in revoked)


def test_what_a_name_left_behind_before_feeds_ended_with_it_is_not_its_next_bearers(
    home: Site,
) -> None:
    """An installation that removed somebody under an earlier version."""
    dora = (
        CONFIGURATION
        + """
---
user: {name: dora, contact_methods: [{name: here, kind: terminal}]}
"""
    )
    issued = made(home, "cleo", subject="user")
    left = home.store.read(lambda tx: tx.access.feeds())[0]
    theirs = replace(left, name=Slug("dora"), owner=Slug("dora"))
    home.store.run(lambda tx: tx.access.save_feed(theirs))

    home.configure(dora)

    assert ask(home, issued["path"]).status == 404


def test_a_schedule_that_is_made_again_has_not_the_feeds_of_the_last(
    home: Site,
) -> None:
    other = CONFIGURATION.replace("primary", "secondary")
    path = made(home)["path"]

    home.configure(other)
    home.configure(CONFIGURATION)

    assert ask(home, path).status == 404


def test_feeds_and_tokens_follow_who_is_renamed(home: Site) -> None:
    own = made(home, "cleo", subject="user")["path"]
    of_schedule = made(home, "cleo")["path"]
    bearer = home.as_("cleo")
    renamed = CONFIGURATION.replace(
        "  name: cleo\n", "  name: cleopatra\n  renamed_from: cleo\n"
    ).replace("user:cleo", "user:cleopatra")
    renamed = renamed.replace(
        "  name: primary\n", "  name: first\n  renamed_from: primary\n"
    ).replace("schedule:primary", "schedule:first")

    home.configure(renamed)

    assert ask(home, own).status == 200
    assert len(events(ask(home, of_schedule))) > 0
    listed = home.ask("GET", FEEDS, headers=bearer).json()["items"]
    assert {item["name"] for item in listed} == {"cleopatra", "first"}


def test_ones_past_shifts_stay_in_the_calendar_after_a_rename(home: Site) -> None:
    path = made(home, "ana", subject="user")["path"]
    home.clock.move(timedelta(days=2))
    before = [(event.start, event.end) for event in events(ask(home, path))]

    home.configure(
        CONFIGURATION.replace("[ana, ben]", "[anna, ben]")
        .replace("user:ana", "user:anna")
        .replace("  name: ana\n", "  name: anna\n  renamed_from: ana\n")
    )

    after = [(event.start, event.end) for event in events(ask(home, path))]
    assert before
    assert after == before
    asked = f"{SHIFTS}?user=anna&from=2026-01-01&to=2026-02-01"
    assert {one["user"] for one in home.get(asked, "ben").json()["items"]} == {"anna"}


def test_a_feed_ends_when_the_token_that_made_it_is_revoked(home: Site) -> None:
    for who in ("operator", "ana"):
        issued = made(home, who)
        by = home.store.read(lambda tx: tx.access.feeds())[0].token
        assert ask(home, issued["path"]).status == 200

        home.ask("DELETE", f"/api/v1/tokens/{by}", headers=home.as_("operator"))

        assert ask(home, issued["path"]).status == 404


def test_a_feed_of_an_operators_token_ends_when_that_expires(home: Site) -> None:
    def issue(tx: Transaction) -> str:
        return token.create_token(
            tx,
            "ci",
            role=Role.ADMIN,
            actor=OPERATOR,
            ids=home.ids,
            expires_at=tx.now + timedelta(hours=1),
        ).secret

    bearer = {"authorization": f"Bearer {home.store.run(issue)}"}
    body = json.dumps(SCHEDULE).encode()
    headers = {"content-type": "application/json", **bearer}
    answer = home.ask("POST", FEEDS, headers=headers, body=body)
    path = answer.json()["url"].removeprefix("https://handrail.test")
    assert ask(home, path).status == 200

    home.clock.move(timedelta(hours=1))

    assert ask(home, path).status == 404


def test_a_feed_of_the_command_line_here_outlives_a_restart(home: Site) -> None:
    def start() -> str:
        return home.store.run(
            lambda tx: access.operator_token(tx, place="/data", ids=home.ids)
        )

    headers = {
        "content-type": "application/json",
        "authorization": f"Bearer {start()}",
    }
    body = json.dumps(SCHEDULE).encode()
    answer = home.ask("POST", FEEDS, headers=headers, body=body)
    path = answer.json()["url"].removeprefix("https://handrail.test")

    start()

    assert ask(home, path).status == 200


def test_who_guesses_addresses_is_slowed_down_and_learns_nothing(home: Site) -> None:
    path = made(home)["path"]
    guesses = [ask(home, f"/ical/hr_cal_{n}.ics") for n in range(MISSES_MAX)]
    assert {one.status for one in guesses} == {404}

    slowed = ask(home, "/ical/hr_cal_another.ics")
    right = ask(home, path)

    assert (slowed.status, right.status) == (429, 429)
    assert slowed.body == right.body
    assert int(slowed.header("retry-after")) > 0
    home.clock.move(timedelta(seconds=MISSES_WITHIN_SECONDS))
    assert ask(home, path).status == 200


def test_a_program_that_asks_for_a_revoked_calendar_slows_nobody_down(
    home: Site,
) -> None:
    path, revoked = made(home)["path"], made(home)
    of_it = f"{FEEDS}/{revoked['feed']['id']}"
    home.ask("DELETE", of_it, headers=home.as_("cleo"))

    answers = {ask(home, revoked["path"]).status for _ in range(MISSES_MAX + 10)}

    assert answers == {404}
    assert ask(home, path).status == 200


def test_who_reads_what_is_there_is_never_slowed_down(home: Site) -> None:
    path = made(home)["path"]

    answers = {ask(home, path).status for _ in range(MISSES_MAX + 10)}

    assert answers == {200}
