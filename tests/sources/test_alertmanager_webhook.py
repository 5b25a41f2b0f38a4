import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.intake import START

from handrail.core.alert.signal import SignalAction
from handrail.ports.source import Parsed
from handrail.sources import alertmanager_webhook
from handrail.sources.alertmanager_api.parse import parse as parse_api
from handrail.sources.alertmanager_webhook.parse import parse

FIXTURES = Path(alertmanager_webhook.__file__).parent / "fixtures"


def fixture(name: str) -> dict[str, object]:
    read: dict[str, object] = json.loads((FIXTURES / f"{name}.json").read_text())
    return read


def read(value: object) -> Parsed:
    return parse(json.dumps(value).encode(), received_at=START)


def test_a_firing_group_is_read_with_what_is_said_of_the_group() -> None:
    (signal,) = read(fixture("firing")).signals

    assert signal.action is SignalAction.FIRE
    assert signal.title == "DiskFull: The disk of db-1 is 97% full"
    assert signal.severity_word == "critical"
    assert signal.ends_at is None
    assert signal.starts_at == datetime(2026, 3, 2, 11, 58, 33, 970_763, tzinfo=UTC)
    assert signal.annotations["alertmanager"] == "http://alertmanager.example:9093"
    assert signal.annotations["group_key"] == '{}:{alertname="DiskFull"}'


def test_the_resolve_has_the_key_of_the_firing() -> None:
    (fired,) = read(fixture("firing")).signals
    (ended,) = read(fixture("resolved")).signals

    assert ended.action is SignalAction.RESOLVE
    assert ended.dedup_key == fired.dedup_key
    assert ended.ends_at == datetime(2026, 3, 2, 12, 0, 36, 976_932, tzinfo=UTC)


def test_firing_alerts_do_not_expire_whatever_their_end() -> None:
    alert = {"labels": {"alertname": "A"}, "endsAt": "2026-03-02T12:01:00Z"}

    parsed = read({"status": "firing", "alerts": [alert]})

    assert parsed.expires_after is None
    assert parsed.signals[0].ends_at is None


def test_a_condition_has_one_key_however_it_comes() -> None:
    labels = {"alertname": "A", "job": "web"}

    (by_webhook,) = read({"alerts": [{"labels": labels}]}).signals
    by_api = parse_api(json.dumps([{"labels": labels}]).encode(), received_at=START)

    assert by_webhook.dedup_key == by_api.signals[0].dedup_key


def test_alerts_that_the_sender_left_out_are_told_of() -> None:
    (signal,) = read({**fixture("firing"), "truncatedAlerts": 3}).signals

    assert "3 more alerts" in signal.annotations["truncated_alerts"]


@pytest.mark.parametrize("status", ["firing", "alerting", "", None, 7])
def test_any_status_but_resolved_fires(status: object) -> None:
    (signal,) = read({"alerts": [{"labels": {"a": "b"}, "status": status}]}).signals

    assert signal.action is SignalAction.FIRE


def test_an_alert_without_a_status_has_that_of_its_group() -> None:
    (signal,) = read({"status": "resolved", "alerts": [{"labels": {"a": "b"}}]}).signals

    assert signal.action is SignalAction.RESOLVE


def test_an_alert_without_labels_is_known_by_its_fingerprint() -> None:
    (signal,) = read({"alerts": [{"fingerprint": "bafaf1f2a64a6f67"}]}).signals

    assert signal.labels == {"fingerprint": "bafaf1f2a64a6f67"}


def test_unknown_fields_and_other_versions_are_tolerated() -> None:
    grafana = {
        **fixture("firing"),
        "version": "1",
        "orgId": 1,
        "title": "[FIRING:1] DiskFull",
        "state": "alerting",
        "message": "text",
    }

    assert read(grafana).complaint == ""
    assert len(read(grafana).signals) == 1


@pytest.mark.parametrize(
    "value", [{}, {"alerts": None}, {"alerts": []}, {"alerts": "x"}, [], "text", 7]
)
def test_a_payload_without_alerts_is_not_read(value: object) -> None:
    assert read(value).unparsed


def test_a_bad_alert_is_named_and_the_good_ones_are_kept() -> None:
    parsed = read({"alerts": [{"labels": {"a": "b"}}, "odd", {"labels": {}}]})

    assert len(parsed.signals) == 1
    assert parsed.errors == ("Alert 2: is not an object", "Alert 3: has no labels")
