from datetime import UTC, datetime, timedelta

import pytest

from handrail.core.alert.admission import AdmissionReason, Decision, decide, is_raised
from handrail.core.alert.alert import KnownAlert
from handrail.core.alert.receipt import EntryKind
from handrail.core.alert.signal import Signal, SignalAction
from handrail.core.ids import AlertId

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
WINDOW = 5 * MINUTE
FIRE = Signal(action=SignalAction.FIRE, dedup_key="k", title="t")
RESOLVE = Signal(action=SignalAction.RESOLVE, dedup_key="k", title="")
ACKNOWLEDGE = Signal(action=SignalAction.ACKNOWLEDGE, dedup_key="k", title="")


def known(
    *,
    closed_at: datetime | None = None,
    is_expired: bool = False,
    word: str | None = None,
) -> KnownAlert:
    return KnownAlert(
        id=AlertId("a1"),
        generation=1,
        closed_at=closed_at,
        severity_word=word,
        is_expired=is_expired,
    )


OPEN = known()
JUST_RESOLVED = known(closed_at=NOW - MINUTE)
LONG_RESOLVED = known(closed_at=NOW - 6 * MINUTE)
EXPIRED = known(closed_at=NOW - 60 * MINUTE, is_expired=True)


def decided(
    signal: Signal,
    found: KnownAlert | None,
    *,
    resolve_timeout: timedelta | None = None,
) -> Decision:
    return decide(
        signal,
        found,
        now=NOW,
        reopen_window=WINDOW,
        resolve_timeout=resolve_timeout,
    )


@pytest.mark.parametrize(
    ("signal", "found", "kind", "reason"),
    [
        (FIRE, None, EntryKind.OPENED, AdmissionReason.NEW_KEY),
        (FIRE, OPEN, EntryKind.REPEATED, AdmissionReason.ALREADY_OPEN),
        (FIRE, JUST_RESOLVED, EntryKind.REOPENED, AdmissionReason.WITHIN_WINDOW),
        (FIRE, LONG_RESOLVED, EntryKind.OPENED, AdmissionReason.AFTER_WINDOW),
        (FIRE, EXPIRED, EntryKind.REOPENED, AdmissionReason.SENDER_RETURNED),
        (RESOLVE, None, EntryKind.DROPPED, AdmissionReason.NO_OPEN_ALERT),
        (RESOLVE, OPEN, EntryKind.RESOLVED, AdmissionReason.SENDER_RESOLVED),
        (RESOLVE, JUST_RESOLVED, EntryKind.DROPPED, AdmissionReason.NO_OPEN_ALERT),
        (RESOLVE, EXPIRED, EntryKind.RESOLVED, AdmissionReason.SENDER_RESOLVED),
        (ACKNOWLEDGE, None, EntryKind.DROPPED, AdmissionReason.NO_OPEN_ALERT),
        (
            ACKNOWLEDGE,
            OPEN,
            EntryKind.ACKNOWLEDGED,
            AdmissionReason.SENDER_ACKNOWLEDGED,
        ),
        (
            ACKNOWLEDGE,
            EXPIRED,
            EntryKind.ACKNOWLEDGED,
            AdmissionReason.SENDER_ACKNOWLEDGED,
        ),
        (ACKNOWLEDGE, LONG_RESOLVED, EntryKind.DROPPED, AdmissionReason.NO_OPEN_ALERT),
    ],
)
def test_every_signal_on_every_state_of_its_key_has_one_outcome(
    signal: Signal, found: KnownAlert | None, kind: EntryKind, reason: AdmissionReason
) -> None:
    decision = decided(signal, found)

    assert (decision.kind, decision.reason) == (kind, reason)


def test_only_a_resolve_or_acknowledge_is_ever_dropped() -> None:
    outcomes = {
        decided(FIRE, found).kind
        for found in (None, OPEN, JUST_RESOLVED, LONG_RESOLVED, EXPIRED)
    }

    assert EntryKind.DROPPED not in outcomes


def test_the_reopen_window_includes_its_end() -> None:
    at_the_edge = known(closed_at=NOW - WINDOW)

    assert decided(FIRE, at_the_edge).kind is EntryKind.REOPENED


def test_a_body_that_could_not_be_read_is_its_own_kind() -> None:
    unread = Signal(action=SignalAction.FIRE, dedup_key="k", title="t", unparsed=True)

    assert decided(unread, None).kind is EntryKind.UNPARSED
    assert decided(unread, OPEN).kind is EntryKind.REPEATED


def test_an_end_in_the_past_is_a_resolve_and_one_in_the_future_an_expiry() -> None:
    ended = Signal(action=SignalAction.FIRE, dedup_key="k", title="t", ends_at=NOW)
    later = NOW + MINUTE
    lasting = Signal(action=SignalAction.FIRE, dedup_key="k", title="t", ends_at=later)

    decision = decided(ended, OPEN)

    assert decision.kind is EntryKind.RESOLVED
    assert decision.reason is AdmissionReason.ENDED_IN_PAST
    assert decided(lasting, OPEN).expires_at == later


def test_without_an_end_the_timeout_counts_from_admission_and_none_means_never() -> (
    None
):
    assert decided(FIRE, OPEN, resolve_timeout=WINDOW).expires_at == NOW + WINDOW
    assert decided(FIRE, OPEN).expires_at is None


@pytest.mark.parametrize(
    ("word", "over", "expected"),
    [
        ("critical", "warning", True),
        ("warning", "critical", False),
        ("warning", "warning", False),
        ("warn", "warning", False),
        (None, "info", False),
        ("info", None, True),
        ("unheard of", "warning", True),
        ("unheard of", "critical", False),
    ],
)
def test_a_severity_is_raised_only_by_a_word_that_says_worse(
    word: str | None, over: str | None, *, expected: bool
) -> None:
    assert is_raised(word, over=over) is expected


def test_a_raised_severity_is_a_repeat_to_be_looked_at_again() -> None:
    worse = Signal(
        action=SignalAction.FIRE, dedup_key="k", title="t", severity_word="critical"
    )

    decision = decided(worse, known(word="warning"))

    assert decision.kind is EntryKind.REPEATED
    assert decision.reason is AdmissionReason.SEVERITY_RAISED
