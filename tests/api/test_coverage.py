"""The proof on the wire: of the configuration in force, by the evidence there is."""

from pathlib import Path

import pytest
from tests.api.site import CONFIGURATION, Site, site

from handrail.core.coverage.evidence import MethodKey, Verification, Via
from handrail.core.ids import Slug
from handrail.core.people.contact_method import ChannelKind
from handrail.ports.store import Transaction

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


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("service=nothing", 404),
        ("from=9999-12-31T00:00:00Z", 422),
        ("from=0001-01-01T00:00:00%2B01:00", 422),
        ("from=soon", 422),
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
