import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.intake import START

from handrail.core import limits
from handrail.core.alert.signal import Signal, SignalAction
from handrail.ports.source import Parsed
from handrail.sources import alertmanager_api
from handrail.sources.alertmanager_api.parse import (
    _read_patiently,
    _read_quickly,
    parse,
)

FIXTURES = Path(alertmanager_api.__file__).parent / "fixtures"


def read(value: object) -> Parsed:
    return parse(json.dumps(value).encode(), received_at=START)


def only(value: object) -> Signal:
    parsed = read(value)
    assert parsed.complaint == ""
    (signal,) = parsed.signals
    return signal


def test_what_prometheus_posts_is_read() -> None:
    body = (FIXTURES / "prometheus.json").read_bytes()

    (signal,) = parse(body, received_at=START).signals

    assert signal.title == "TargetDown: The target is down"
    assert signal.action is SignalAction.FIRE
    assert signal.severity_word == "page"
    assert signal.labels["instance"] == "web-1:9090"
    assert signal.url.startswith("http://prometheus.example/graph")
    assert signal.starts_at == datetime(2026, 3, 2, 11, 59, 10, 531_000, tzinfo=UTC)
    assert signal.ends_at == datetime(2026, 3, 2, 12, 4, 10, 531_000, tzinfo=UTC)


def test_zero_times_of_amtool_are_no_times() -> None:
    body = (FIXTURES / "amtool.json").read_bytes()

    (signal,) = parse(body, received_at=START).signals

    assert (signal.starts_at, signal.ends_at) == (None, None)


def test_alerts_that_nobody_repeats_expire_after_five_minutes() -> None:
    parsed = read([{"labels": {"alertname": "A"}}])

    assert parsed.expires_after == timedelta(minutes=5)


def test_labels_with_an_empty_value_are_dropped() -> None:
    with_empty = only([{"labels": {"alertname": "A", "zone": ""}}])
    without = only([{"labels": {"alertname": "A"}}])

    assert with_empty == without


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ({}, "no alert with labels"),
        ({"labels": {}}, "no label with a value"),
        ({"labels": {"zone": ""}}, "no label with a value"),
        ({"labels": "alertname=A"}, "no alert with labels"),
        ("alert", "no alert with labels"),
        (None, "no alert with labels"),
    ],
)
def test_a_bad_alert_is_named_and_the_good_ones_are_kept(bad: object, why: str) -> None:
    good = {"labels": {"alertname": "A"}}

    parsed = read([good, bad, good])

    assert len(parsed.signals) == 2
    assert len(parsed.errors) == 1
    assert parsed.errors[0].startswith("alert 2:")
    assert why in parsed.errors[0]


@pytest.mark.parametrize("body", [b"", b"{}", b'"a"', b"nonsense", b"[{]"])
def test_what_is_no_array_is_not_read(body: bytes) -> None:
    parsed = parse(body, received_at=START)

    assert parsed.unparsed
    assert parsed.signals == ()


def test_an_empty_array_is_right_and_says_nothing() -> None:
    assert read([]).signals == ()
    assert read([]).complaint == ""


def test_values_that_are_no_text_are_taken_as_text() -> None:
    signal = only([{"labels": {"alertname": "A", "shard": 7, "old": None}}])

    assert signal.labels == {"alertname": "A", "shard": "7"}


def test_a_time_that_cannot_be_read_is_kept_as_text_and_the_alert_fires() -> None:
    signal = only([{"labels": {"alertname": "A"}, "endsAt": "tomorrow"}])

    assert signal.ends_at is None
    assert signal.annotations["unread:endsAt"] == "tomorrow"


def test_nul_and_surrogates_are_replaced() -> None:
    body = rb'[{"labels": {"alertname": "A\u0000\ud800"}}]'

    (signal,) = parse(body, received_at=START).signals

    assert signal.labels["alertname"] == "A\ufffd\ufffd"


def test_more_alerts_than_a_body_may_hold_are_complained_of() -> None:
    many = [{"labels": {"n": str(n)}} for n in range(limits.ALERTS_PER_BODY_MAX + 1)]

    parsed = read(many)

    assert len(parsed.signals) == limits.ALERTS_PER_BODY_MAX
    assert len(parsed.errors) == 1


TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=10
)
INSTANTS = st.datetimes(
    min_value=datetime(1971, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    timezones=st.just(UTC),
).map(lambda at: at.isoformat().replace("+00:00", "Z"))
ALERTS = st.lists(
    st.fixed_dictionaries(
        {
            "labels": st.dictionaries(TEXT, TEXT, max_size=4).map(
                lambda m: m | {"a": "b"}
            )
        },
        optional={
            "annotations": st.dictionaries(TEXT, TEXT, max_size=3),
            "startsAt": INSTANTS,
            "endsAt": INSTANTS,
            "generatorURL": TEXT,
            "unknown": TEXT,
        },
    ),
    max_size=4,
)


@given(ALERTS)
def test_the_quick_and_the_patient_reader_agree(alerts: list[object]) -> None:
    body = json.dumps(alerts, ensure_ascii=False).encode()

    assert _read_quickly(body) == _read_patiently(body).signals
