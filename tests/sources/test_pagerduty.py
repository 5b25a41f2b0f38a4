import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.intake import START

from handrail.core import limits
from handrail.core.alert.signal import Signal, SignalAction
from handrail.ports.source import Parsed
from handrail.sources import pagerduty
from handrail.sources.pagerduty.parse import parse

FIXTURES = Path(pagerduty.__file__).parent / "fixtures"
PAYLOAD = {"summary": "It broke", "source": "web-1", "severity": "error"}
TRIGGER = {"event_action": "trigger", "dedup_key": "k", "payload": PAYLOAD}


def read(value: object) -> Parsed:
    return parse(json.dumps(value).encode(), received_at=START)


def only(value: object) -> Signal:
    parsed = read(value)
    assert parsed.complaint == ""
    (signal,) = parsed.signals
    return signal


def fixture(name: str) -> dict[str, object]:
    found: dict[str, object] = json.loads((FIXTURES / f"{name}.json").read_text())
    return found


def test_a_full_trigger_is_read() -> None:
    signal = only(fixture("full_trigger"))

    assert signal.action is SignalAction.FIRE
    assert signal.title == "Checkout error rate over 5%"
    assert signal.severity_word == "critical"
    assert signal.starts_at == datetime(2026, 3, 2, 11, 59, 58, 315_000, tzinfo=UTC)
    assert signal.labels == {
        "severity": "critical",
        "source": "checkout-7",
        "component": "api",
        "group": "payments",
        "class": "error rate",
        "rate": "0.071",
    }
    assert signal.annotations["hosts"] == '["checkout-7", "checkout-8"]'


def test_alertmanagers_trigger_with_its_empty_texts_is_read() -> None:
    signal = only(fixture("alertmanager_trigger"))

    assert signal.url == "http://alertmanager.example:9093/#/alerts?receiver=both"
    assert "alertname = DiskFull" in signal.annotations["firing"]
    assert "https://example.com/a.png" in signal.annotations["images"]
    assert "https://example.com/runbook" in signal.annotations["links"]


def test_alertmanagers_resolve_brings_a_payload_and_is_a_resolve() -> None:
    signal = only(fixture("alertmanager_resolve"))

    assert signal.action is SignalAction.RESOLVE
    assert signal.dedup_key == only(fixture("alertmanager_trigger")).dedup_key


@pytest.mark.parametrize("action", ["acknowledge", "resolve"])
def test_a_payload_of_null_is_tolerated_where_none_is_needed(action: str) -> None:
    value = {"event_action": action, "dedup_key": "k", "payload": None}

    assert only(value).action == action


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ({}, "event_action"),
        ({**TRIGGER, "event_action": "fire"}, "event_action"),
        ({"event_action": "trigger"}, "payload"),
        ({"event_action": "trigger", "payload": None}, "payload"),
        ({"event_action": "trigger", "payload": {"summary": "s"}}, "payload.source"),
        ({"event_action": "acknowledge"}, "dedup_key"),
        ({"event_action": "resolve", "dedup_key": ""}, "dedup_key"),
    ],
)
def test_what_the_protocol_demands_and_is_missing_is_named(
    value: object, named: str
) -> None:
    parsed = read(value)

    assert parsed.signals == ()
    assert named in " ".join(parsed.errors)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff\xfe"])
def test_what_is_no_object_is_not_read(body: bytes) -> None:
    assert parse(body, received_at=START).unparsed


def test_an_unknown_severity_is_taken_as_it_is() -> None:
    odd = {**TRIGGER, "payload": {**PAYLOAD, "severity": "apocalyptic"}}

    assert only(odd).severity_word == "apocalyptic"


@pytest.mark.parametrize("empty", [{}, {"severity": "", "summary": " "}])
def test_a_trigger_whose_templates_came_out_empty_fires_all_the_same(
    empty: dict[str, str],
) -> None:
    signal = only({**TRIGGER, "payload": {"source": "Alertmanager", **empty}})

    assert signal.action is SignalAction.FIRE
    assert signal.title == "Trigger without a summary from Alertmanager"
    assert signal.severity_word is None
    assert "severity" not in signal.labels


def test_a_trigger_without_a_key_is_given_a_new_one_each_time() -> None:
    body = json.dumps({"event_action": "trigger", "payload": PAYLOAD}).encode()

    (one,) = parse(body, received_at=START).signals
    (two,) = parse(body, received_at=START + timedelta(microseconds=1)).signals

    assert len(one.dedup_key) == 32
    assert one.dedup_key != two.dedup_key


def test_a_summary_over_the_limit_is_cut_and_kept_whole() -> None:
    summary = "é" * (limits.TITLE_CHARS_MAX + 1)

    signal = only({**TRIGGER, "payload": {**PAYLOAD, "summary": summary}})

    assert len(signal.title) == limits.TITLE_CHARS_MAX
    assert signal.annotations["summary"] == summary


@pytest.mark.parametrize("details", ["plain text", ["a", "b"], 7])
def test_details_may_be_anything(details: object) -> None:
    signal = only({**TRIGGER, "payload": {**PAYLOAD, "custom_details": details}})

    said = details if isinstance(details, str) else json.dumps(details)
    assert signal.annotations["details"] == said


def test_a_detail_never_replaces_a_field_of_the_event() -> None:
    details = {"severity": "info", "environment": "production", "log": "a\nb"}

    signal = only({**TRIGGER, "payload": {**PAYLOAD, "custom_details": details}})

    assert signal.labels["severity"] == "error"
    assert signal.labels["environment"] == "production"
    assert "log" not in signal.labels
    assert signal.annotations["log"] == "a\nb"


def test_a_key_over_the_limit_is_the_same_for_trigger_and_resolve() -> None:
    key = "k" * 300

    fired = only({**TRIGGER, "dedup_key": key})
    ended = only({"event_action": "resolve", "dedup_key": key})

    assert fired.dedup_key == ended.dedup_key
    assert len(fired.dedup_key) <= limits.DEDUP_KEY_CHARS_MAX


def test_unknown_fields_are_kept_for_people() -> None:
    signal = only({**TRIGGER, "client": "Checker", "new_field": {"a": 1}})

    assert signal.annotations["client"] == "Checker"
    assert signal.annotations["new_field"] == '{"a": 1}'
    assert "routing_key" not in signal.annotations
