"""What admission does must not depend on the database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from tests.intake import Intake

from handrail.core.alert.alert import AlertState
from handrail.core.alert.receipt import EntryKind
from handrail.core.alert.signal import Signal, SignalAction
from handrail.ports.source import Parsed
from handrail.ports.store import Store
from handrail.usecases.receipt import conservation

FIRE = Signal(
    action=SignalAction.FIRE, dedup_key="k", title="t", severity_word="warning"
)
WORSE = Signal(
    action=SignalAction.FIRE, dedup_key="k", title="t", severity_word="critical"
)
RESOLVE = Signal(action=SignalAction.RESOLVE, dedup_key="k", title="")
ACKNOWLEDGE = Signal(action=SignalAction.ACKNOWLEDGE, dedup_key="k", title="")


def send(intake: Intake, *signals: Signal) -> list[str]:
    receipt = intake.submit("json", Parsed(signals=signals, describes_anew=True))
    return [entry.kind.name for entry in receipt.entries]


def test_repeats_around_a_close_and_a_reopening_are_all_counted(store: Store) -> None:
    intake = Intake(given=store)

    first = send(intake, FIRE, FIRE, RESOLVE, FIRE, FIRE, WORSE, ACKNOWLEDGE, RESOLVE)
    second = send(intake, FIRE, FIRE, RESOLVE, RESOLVE)

    assert first == [
        "OPENED",
        "REPEATED",
        "RESOLVED",
        "REOPENED",
        "REPEATED",
        "REPEATED",
        "ACKNOWLEDGED",
        "RESOLVED",
    ]
    assert second == ["REOPENED", "REPEATED", "RESOLVED", "DROPPED"]
    (alert,) = intake.alerts()
    assert (alert.repeats, alert.generation) == (4, 3)
    assert alert.state is AlertState.RESOLVED
    assert store.read(conservation).holds


def test_a_thousand_in_one_request_are_opened_and_then_repeated(store: Store) -> None:
    intake = Intake(given=store)
    signals = tuple(
        Signal(action=SignalAction.FIRE, dedup_key=f"k{n}", title="t\ufffd")
        for n in range(1000)
    )

    intake.submit("prom", Parsed(signals=signals, expires_after=timedelta(minutes=5)))
    again = intake.submit(
        "prom", Parsed(signals=signals, expires_after=timedelta(minutes=5))
    )

    alerts = intake.alerts()
    assert {entry.kind for entry in again.entries} == {EntryKind.REPEATED}
    assert len(alerts) == 1000
    assert {alert.repeats for alert in alerts} == {1}
    assert all(alert.expire_due_at is not None for alert in alerts)


def test_many_at_once_with_one_key_open_one_alert_and_lose_no_repeat(
    store: Store,
) -> None:
    intake = Intake(given=store)

    with ThreadPoolExecutor(8) as pool:
        kinds = [
            k for ks in pool.map(lambda _: send(intake, FIRE), range(40)) for k in ks
        ]

    (alert,) = intake.alerts()
    assert sorted(kinds) == ["OPENED"] + ["REPEATED"] * 39
    assert alert.repeats == 39


def test_many_at_once_that_fire_and_resolve_leave_everything_accounted_for(
    store: Store,
) -> None:
    intake = Intake(given=store)
    turns = [(FIRE,), (RESOLVE,), (FIRE, FIRE), (WORSE,), (RESOLVE, FIRE)] * 8

    with ThreadPoolExecutor(8) as pool:
        sent = list(pool.map(lambda signals: send(intake, *signals), turns))

    kinds = [kind for receipt in sent for kind in receipt]
    alerts = intake.alerts()
    assert store.read(conservation).holds
    assert len(alerts) == kinds.count("OPENED")
    assert sum(alert.repeats for alert in alerts) == kinds.count("REPEATED")
    assert sum(alert.state is AlertState.FIRING for alert in alerts) <= 1
