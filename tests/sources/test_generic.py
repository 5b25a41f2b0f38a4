import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.intake import START

from handrail.core.alert.signal import Signal, SignalAction
from handrail.ports.source import Parsed
from handrail.sources import generic
from handrail.sources.generic.parse import parse

FIXTURES = Path(generic.__file__).parent / "fixtures"


def read(value: object) -> Parsed:
    return parse(json.dumps(value).encode(), received_at=START)


def only(value: object) -> Signal:
    parsed = read(value)
    assert parsed.complaint == ""
    (signal,) = parsed.signals
    return signal


def test_every_documented_field_is_read() -> None:
    signal = only(json.loads((FIXTURES / "fire.json").read_text()))

    assert signal == Signal(
        action=SignalAction.FIRE,
        dedup_key="backup/nightly",
        title="The nightly backup did not run",
        labels={"host": "store-2", "severity": "warning", "service": "backups"},
        annotations={
            "last_success": "2026-03-01T02:00:00Z",
            "missed": "1",
            "starts_at": "2026-03-02T02:00:00Z",
        },
        starts_at=datetime(2026, 3, 2, 2, 0, tzinfo=UTC),
        severity_word="warning",
        url="https://backup.example/runs/17",
    )


def test_a_title_is_enough() -> None:
    signal = only({"title": "It broke"})

    assert signal.title == "It broke"
    assert signal.action is SignalAction.FIRE


def test_without_a_key_title_and_labels_name_the_condition() -> None:
    one = only({"title": "It broke", "labels": {"host": "a"}})
    same = only({"labels": {"host": "a"}, "title": "It broke", "details": "more"})
    other = only({"title": "It broke", "labels": {"host": "b"}})

    assert one.dedup_key == same.dedup_key
    assert one.dedup_key != other.dedup_key


@pytest.mark.parametrize(
    ("word", "action"),
    [
        ("fire", SignalAction.FIRE),
        ("firing", SignalAction.FIRE),
        ("TRIGGER", SignalAction.FIRE),
        ("acknowledge", SignalAction.ACKNOWLEDGE),
        ("resolved", SignalAction.RESOLVE),
    ],
)
def test_actions_are_known_by_several_words(word: str, action: SignalAction) -> None:
    assert only({"title": "t", "action": word}).action is action
    assert only({"title": "t", "status": word}).action is action


def test_a_resolve_with_a_key_needs_no_title() -> None:
    assert only({"action": "resolve", "dedup_key": "k"}).dedup_key == "k"


@pytest.mark.parametrize(
    ("item", "why"),
    [
        ({}, "title is missing"),
        ({"title": " "}, "title is missing"),
        ({"action": "resolve"}, "title is missing"),
        ({"title": "t", "action": "dance"}, "'dance' is unknown"),
        ("text", "is not an object"),
    ],
)
def test_what_is_wrong_with_a_signal_is_named_and_the_others_are_kept(
    item: object, why: str
) -> None:
    parsed = read([{"title": "good"}, item])

    assert len(parsed.signals) == 1
    assert why in parsed.errors[0]
    assert parsed.errors[0].startswith("Signal 2:")


@pytest.mark.parametrize("value", [[], {}, [{}], "text"])
def test_a_body_of_which_nothing_can_be_read_is_not_read(value: object) -> None:
    assert read(value).unparsed


def test_everything_that_was_sent_can_be_found_again() -> None:
    signal = only(
        {"title": "t", "runbook": "wiki/7", "labels": ["odd"], "details": "d"}
    )

    assert signal.annotations == {
        "runbook": "wiki/7",
        "labels": '["odd"]',
        "details": "d",
    }
