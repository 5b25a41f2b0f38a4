"""The proof on the wire: of the configuration in force, by the evidence there is."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from tests.api.site import CONFIGURATION, Answer, Site, exchange, site

from handrail.core.coverage.evidence import MethodKey, Verification, Via
from handrail.core.ids import Slug
from handrail.core.people.contact_method import ChannelKind
from handrail.ports.store import Transaction
from handrail.usecases import coverage_view
from handrail.usecases.coverage_proofs import ASKED_MAX
from handrail.usecases.coverage_view import EXAMPLES_OF_MANY
from handrail.web import coverage as coverage_page
from handrail.web.screens.coverage import CARDS_SHOWN

COVERED = f"{CONFIGURATION}---\ncoverage: {{default: {{people: 1, methods: 1}}}}\n"


def verify(home: Site, *names: str) -> None:
    def work(tx: Transaction) -> None:
        for name in names:
            address = f"{name}@example.org"
            key = MethodKey(Slug(name), Slug("mail"), ChannelKind.EMAIL, address)
            tx.contact.verify(Verification(key=key, at=tx.now, via=Via.TEST))

    home.store.run(work)


def test_what_is_not_verified_is_no_cover_until_it_is(home: Site) -> None:
    home.configure(COVERED)

    before = home.get("/api/v1/coverage", who="ana").json()
    verify(home, "ana", "ben")
    after = home.get("/api/v1/coverage", who="ana").json()

    (service,) = before["services"]
    first = service["intents"][0]["counter_examples"][0]
    assert (before["is_proved"], before["evidence"]) == (False, "recorded")
    assert "not_verified" in {fault["kind"] for fault in first["faults"]}
    assert after["is_proved"]
    assert after["services"][0]["proved_until"] == after["ends_at"]


def test_the_window_and_the_services_are_chosen(home: Site) -> None:
    home.configure(COVERED)
    window = "from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z"

    answer = home.get(f"/api/v1/coverage?{window}&service=checkout", who="ana").json()

    assert answer["starts_at"] == "2026-03-01T00:00:00Z"
    assert answer["ends_at"] == "2026-03-02T00:00:00Z"
    assert [one["service"] for one in answer["services"]] == ["checkout"]


def test_findings_are_listed_as_far_as_is_asked_and_summed_up_whole(
    home: Site,
) -> None:
    home.configure(COVERED)
    window = "from=2026-03-01T00:00:00Z&to=2026-05-01T00:00:00Z"

    def missed(query: str) -> tuple[int, dict[str, Any]]:
        answer = home.get(f"/api/v1/coverage?{window}{query}", who="ana").json()
        (intent,) = answer["services"][0]["intents"]
        return len(intent["counter_examples"]), intent["missed"]

    listed, summary = missed("")
    few, same = missed("&examples=1")

    assert (few, len(same["stretches"])) == (1, 1)
    assert listed == summary["total"] > 1
    assert {**same, "stretches": []} == {**summary, "stretches": []}
    assert summary["seconds"] == 61 * 24 * 3600
    assert {one["fault"]["person"] for one in summary["causes"]} >= {"ana", "ben"}


def test_very_many_findings_are_left_out_unless_they_are_asked_for(
    home: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.configure(COVERED)
    monkeypatch.setattr(coverage_view, "FINDINGS_MAX", 4)

    for query, expected in (("", EXAMPLES_OF_MANY), ("?examples=5", 5)):
        answer = home.get(f"/api/v1/coverage{query}", who="ana").json()
        (intent,) = answer["services"][0]["intents"]
        assert len(intent["counter_examples"]) == expected


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("service=nothing", 404),
        ("from=9999-12-31T00:00:00Z", 422),
        ("from=0001-01-01T00:00:00%2B01:00", 422),
        ("from=soon", 422),
        ("examples=-1", 422),
        ("from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z", 422),
        ("from=2026-03-01T00:00:00Z&to=2028-03-01T00:00:00Z", 422),
    ],
)
def test_a_wrong_question_is_refused_with_its_field(
    home: Site, query: str, status: int
) -> None:
    answer = home.get(f"/api/v1/coverage?{query}", who="ana")

    assert answer.status == status, answer.text


def test_contact_methods_are_listed_with_what_is_known(home: Site) -> None:
    verify(home, "ana")

    mine = home.get("/api/v1/contact-methods", who="ana").json()
    bens = home.get("/api/v1/contact-methods?user=ben", who="ana").json()

    assert mine["items"][0]["provider"] == "e-mail"
    assert mine["items"][0]["via"] == "test"
    assert mine["items"][0]["counts_until"] == "2026-04-14T17:04:00Z"
    assert bens["items"][0]["verified_at"] is None


def test_the_page_shows_gaps_first_and_who_can_mend_them(tmp_path: Path) -> None:
    owned = COVERED.replace("  title: Checkout\n", "  title: Checkout\n  team: pay\n")
    text = f"{owned}---\nteam: {{name: pay, title: Payments, lead: ben}}\n"
    with site(tmp_path, configuration=text) as home:
        before = home.look("/oncall/coverage", "ana").text
        verify(home, "ana", "ben")
        after = home.look("/oncall/coverage", "ana").text

    assert "Not covered" in before
    assert "mailto:ben@example.org" in before
    assert "was not shown to be reached over mail" in before
    assert "Not covered" not in after
    assert "Proved until" in after


@pytest.fixture
def kept(home: Site) -> Iterator[Event]:
    """Keep the thread of proofs busy until the event is set."""
    home.configure(COVERED)
    go = Event()
    home.deps.proofs.ask(lambda _: go.wait())
    yield go
    go.set()


def test_while_the_first_proof_is_made_the_page_says_so_and_when_to_look_again(
    home: Site, kept: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coverage_page, "PATIENCE_SECONDS", 0.05)

    coming = home.look("/oncall/coverage?service=checkout", "ana")
    kept.set()
    monkeypatch.undo()
    made = home.look("/oncall/coverage?service=checkout", "ana")

    assert (coming.status, coming.header("retry-after")) == (202, "5")
    assert "The proof is being made" in coming.text
    assert 'href="/oncall/coverage?service=checkout">Look again' in coming.text
    assert "Nothing is asked yet" not in coming.text
    assert (made.status, made.header("retry-after")) == (200, "")
    assert "Not covered" in made.text


def test_while_a_newer_proof_is_made_the_last_one_is_shown_with_its_age(
    home: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.configure(COVERED)
    assert home.look("/oncall/coverage", "ana").status == 200
    verify(home, "ana", "ben")
    go = Event()
    home.deps.proofs.ask(lambda _: go.wait())
    monkeypatch.setattr(coverage_page, "PATIENCE_SECONDS", 0.05)

    older = home.look("/oncall/coverage", "ana")
    go.set()
    monkeypatch.undo()
    newer = home.look("/oncall/coverage", "ana")

    assert (older.status, older.header("retry-after")) == (200, "5")
    assert "This is the proof of" in older.text
    assert "Not covered" in older.text
    assert "This is the proof of" not in newer.text
    assert "Not covered" not in newer.text


def test_who_waits_for_a_proof_takes_no_thread_from_others(
    home: Site, kept: Event
) -> None:
    """All requests share one thread here; nine wait for proofs, and one is answered."""
    api, page = home.as_("ana"), home.browser("ana")

    async def together() -> tuple[Answer, list[Answer]]:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
        waiting = [
            asyncio.create_task(exchange(home, "GET", path, headers, b""))
            for path, headers, times in (
                ("/api/v1/coverage", api, ASKED_MAX),
                ("/oncall/coverage", page, 2),
            )
            for _ in range(times)
        ]
        path = "/api/v1/contact-methods"
        async with asyncio.timeout(30):
            other = await exchange(home, "GET", path, api, b"")
            # The one who is kept counts as well, so the last who asks is refused.
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        kept.set()
        return other, await asyncio.gather(*waiting)

    with ThreadPoolExecutor(1) as aside:
        other, answers = aside.submit(asyncio.run, together()).result()

    assert other.status == 200
    refused = [one for one in answers if one.status == 503]
    assert [one.header("retry-after") for one in refused] == ["5"]
    assert {one.status for one in answers} <= {200, 202, 503}
    assert sum(one.status == 200 for one in answers) >= ASKED_MAX - 1


MANY = 60
"""More services than the page shows in full."""


def test_of_many_services_the_page_tells_some_in_full_and_leads_to_each(
    tmp_path: Path,
) -> None:
    more = "".join(
        f"---\nservice: {{name: s{n}, title: Shop {n}, escalation_policy: "
        "payments-oncall}\n"
        for n in range(MANY)
    )
    with site(tmp_path, configuration=COVERED + more) as home:
        page = home.look("/oncall/coverage", "ana").text
        one = home.look("/oncall/coverage?service=s59", "ana").text
        none = home.look("/oncall/coverage?service=s60", "ana")

    assert page.count("<article") == CARDS_SHOWN
    assert f"{MANY + 1} of {MANY + 1} services are not covered" in page
    assert all(f'/oncall/coverage?service=s{n}"' in page for n in range(MANY))
    assert one.count("<article") == 1
    assert "Shop 59" in one
    assert none.status == 404
