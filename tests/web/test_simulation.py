"""The page that says who would be told, how and when, if a service's alert fired."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.api.site import Site, site

PLACE = "/oncall/simulate"
AT = "at=2026-01-15T03:00"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as made:
        yield made


def test_the_form_asks_for_service_instant_severity_and_who_answers(home: Site) -> None:
    shown = home.look(PLACE, "ben").text

    for field in ("service", "at", "severity", "who", "level", "after"):
        assert f'name="{field}"' in shown
    assert '<option value="checkout">Checkout</option>' in shown
    assert "<ol" not in shown.split("<h1>")[1]


def test_with_nobody_answering_everybody_is_told_in_turn_to_the_last_resort(
    home: Site,
) -> None:
    shown = home.look(f"{PLACE}?service=checkout&{AT}&severity=SEV1", "ana").text
    told = re.findall(r"<b>([^<]*)</b> by mail", shown)

    assert list(dict.fromkeys(told)) == ["Ana Berger", "Ben Okoro", "Cleo Marsh"]
    assert "nobody answers" in shown
    assert "Thu 15 Jan 03:00 CET" in shown
    assert "at once" in shown
    assert "ana@example.org" not in shown.split("<h1>")[1]


def test_one_who_answers_at_a_level_ends_it_there(home: Site) -> None:
    query = f"service=checkout&{AT}&severity=SEV1&who=ben&level=2&after=3m"
    shown = home.look(f"{PLACE}?{query}", "ana").text

    assert "answered after 8 min" in shown
    assert "Cleo Marsh</b>" not in shown
    assert "--acks ben@2+3m" in shown


def test_the_page_and_the_interface_give_the_same_sequence(home: Site) -> None:
    asked = {"service": "checkout", "severity": "SEV1", "at": "2026-01-15T02:00:00Z"}
    answer = home.post("/api/v1/oncall/simulate", asked, "ana").json()
    shown = home.look(f"{PLACE}?service=checkout&{AT}&severity=SEV1", "ana").text

    lines = re.findall(r'<li[^>]*><span class="tag">(.*)', shown)
    assert len(lines) == len(answer["steps"])
    for step, line in zip(answer["steps"], lines, strict=True):
        assert step["method"] in line
        assert f'title="{step["at"][:10]} {step["at"][11:19]} UTC"' in line


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("service=gone", "service", "there is no service gone; known: checkout"),
        ("service=checkout&at=soon", "at", "soon"),
        (f"service=checkout&{AT}&zone=Moon", "at", "no IANA time zone"),
        ("service=checkout&severity=SEV9", "severity", "write SEV1"),
        ("service=checkout&who=zoe", "acks", "there is no user zoe"),
        ("service=checkout&who=ben&after=never", "acks", "is no answer"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(
    home: Site, query: str, field: str, words: str
) -> None:
    answer = home.look(f"{PLACE}?{query}", "ana")

    assert answer.status == 422
    told = re.search(rf'id="f-{field}" role="alert">([^<]*)<', answer.text)
    assert told is not None
    assert words in told[1].replace("&#39;", "'")
    assert f'aria-describedby="f-{field}"' in answer.text


def test_a_schedule_and_a_policy_lead_to_the_services_that_reach_them(
    home: Site,
) -> None:
    assert "for=schedule:primary" in home.look("/oncall/schedules/primary", "ana").text
    setup = home.look("/configuration", "ana").text
    assert "/oncall/simulate?service=checkout" in setup
    assert "for=policy:payments-oncall" in setup

    by_schedule = home.look(f"{PLACE}?for=schedule:primary", "ana").text
    by_policy = home.look(f"{PLACE}?for=policy:payments-oncall", "ana").text
    assert "lead to the schedule Payments, primary" in by_schedule
    assert "lead to the policy payments-oncall" in by_policy
    assert "All services" not in home.look(f"{PLACE}?for=schedule:gone", "ana").text


def test_an_address_asks_about_the_same_instant_whoever_opens_it(home: Site) -> None:
    form = home.look(f"{PLACE}?service=checkout&{AT}", "ana").text
    zone = re.search(r'name="zone" value="([^"]*)"', form)
    assert zone is not None
    sent = f"{PLACE}?service=checkout&{AT}&zone={zone[1]}"

    for reader, clock in (("ana", "03:00"), ("cleo", "02:00")):
        shown = home.look(sent, reader).text
        assert 'title="2026-01-15 02:00:00 UTC"' in shown
        assert f'value="2026-01-15T{clock}"' in shown


def test_a_simulation_tells_nobody_and_needs_no_more_than_reading(home: Site) -> None:
    home.look(f"{PLACE}?service=checkout", "cleo")

    assert home.store.read(lambda tx: tx.page.search(active_only=False, limit=9)) == []
