from collections.abc import Callable, Mapping
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.intake import START, Intake

from handrail.core.alert.alert import Alert, AlertState, Disposition
from handrail.core.alert.receipt import EntryKind, Receipt
from handrail.core.alert.signal import Signal, SignalAction
from handrail.core.ids import Slug
from handrail.ports.source import Parsed
from handrail.usecases import evaluation
from handrail.usecases.receipt import conservation

MINUTE = timedelta(minutes=1)


def fire(key: str = "k", *, word: str | None = None, title: str = "It broke") -> Signal:
    return Signal(
        action=SignalAction.FIRE,
        dedup_key=key,
        title=title,
        labels={"alertname": "A"},
        annotations={"summary": title},
        severity_word=word,
    )


def resolve(key: str = "k") -> Signal:
    return Signal(action=SignalAction.RESOLVE, dedup_key=key, title="")


def acknowledge(key: str = "k") -> Signal:
    return Signal(action=SignalAction.ACKNOWLEDGE, dedup_key=key, title="")


def send(intake: Intake, *signals: Signal, name: str = "json") -> Receipt:
    return intake.submit(name, Parsed(signals=signals))


def kinds(receipt: Receipt) -> list[EntryKind]:
    return [entry.kind for entry in receipt.entries]


def only(intake: Intake) -> Alert:
    (alert,) = intake.alerts()
    return alert


def evaluate(intake: Intake) -> None:
    while intake.store.run(
        lambda tx: evaluation.evaluate_due(tx, ids=intake.ids, limit=100)
    ):
        pass


def expire(intake: Intake) -> None:
    intake.store.run(lambda tx: evaluation.expire_due(tx, ids=intake.ids, limit=100))


def test_a_new_key_opens_an_alert_that_is_due_for_evaluation_at_once() -> None:
    intake = Intake()

    receipt = send(intake, fire())

    alert = only(intake)
    assert kinds(receipt) == [EntryKind.OPENED]
    assert receipt.entries[0].alert_id == alert.id
    assert alert.evaluate_due_at == START
    assert (alert.state, alert.disposition) == (AlertState.FIRING, Disposition.OPENED)


def test_the_scope_of_a_key_is_its_integration() -> None:
    intake = Intake()

    send(intake, fire(), name="json")
    send(intake, fire(), name="pd")

    assert len(intake.alerts()) == 2


def test_repeats_are_counted_and_seen_and_push_the_expiry_on() -> None:
    intake = Intake()
    parsed = Parsed(signals=(fire(),), expires_after=5 * MINUTE)
    intake.submit("prom", parsed)

    intake.clock.turn(MINUTE)
    receipt = intake.submit("prom", parsed)
    intake.clock.turn(MINUTE)
    intake.submit("prom", parsed)

    alert = only(intake)
    assert kinds(receipt) == [EntryKind.REPEATED]
    assert alert.repeats == 2
    assert alert.last_seen_at == START + 2 * MINUTE
    assert alert.expire_due_at == START + 7 * MINUTE


def test_a_repeat_is_never_evaluated_again() -> None:
    intake = Intake()
    send(intake, fire(word="warning"))
    evaluate(intake)

    send(intake, fire(word="warning"))
    send(intake, fire(word="info"))

    assert only(intake).evaluate_due_at is None


def test_a_raised_severity_is_evaluated_again_and_counted() -> None:
    intake = Intake()
    send(intake, fire(word="warning"))
    evaluate(intake)

    send(intake, fire(word="critical", title="It broke badly"))

    alert = only(intake)
    assert alert.evaluate_due_at == START
    assert alert.severity_word == "critical"
    assert alert.title == "It broke badly"
    assert alert.repeats == 1


def test_a_severity_that_fell_and_rose_again_is_not_raised() -> None:
    intake = Intake()
    send(intake, fire(word="critical"))
    evaluate(intake)

    send(intake, fire(word="info"))
    send(intake, fire(word="critical"))

    assert only(intake).evaluate_due_at is None


def test_a_repeat_describes_anew_only_where_its_source_says_so() -> None:
    intake = Intake()
    send(intake, fire(title="one"))

    send(intake, fire(title="two"))
    before = only(intake).title
    intake.submit("json", Parsed(signals=(fire(title="three"),), describes_anew=True))

    assert before == "one"
    assert only(intake).title == "three"
    assert only(intake).repeats == 2


def test_a_resolve_closes_the_alert_and_says_so() -> None:
    intake = Intake()
    send(intake, fire())

    receipt = send(intake, resolve())

    alert = only(intake)
    assert kinds(receipt) == [EntryKind.RESOLVED]
    assert (alert.state, alert.disposition) == (
        AlertState.RESOLVED,
        Disposition.RESOLVED,
    )


def test_an_acknowledge_before_the_page_stops_it() -> None:
    intake = Intake()
    send(intake, fire())

    receipt = send(intake, acknowledge())
    evaluate(intake)

    assert kinds(receipt) == [EntryKind.ACKNOWLEDGED]
    assert only(intake).disposition is Disposition.ACKNOWLEDGED
    assert only(intake).page_id is None


def test_a_resolve_or_acknowledge_of_an_unknown_key_is_dropped() -> None:
    intake = Intake()

    receipt = send(intake, resolve(), acknowledge())

    assert kinds(receipt) == [EntryKind.DROPPED, EntryKind.DROPPED]
    assert intake.alerts() == []


def test_firing_again_within_the_window_reopens_and_after_it_opens_anew() -> None:
    intake = Intake()
    send(intake, fire())
    send(intake, resolve())

    intake.clock.turn(5 * MINUTE)
    again = send(intake, fire())
    send(intake, resolve())
    intake.clock.turn(6 * MINUTE)
    anew = send(intake, fire())

    assert kinds(again) == [EntryKind.REOPENED]
    assert kinds(anew) == [EntryKind.OPENED]
    newest, first = intake.alerts()
    assert (first.generation, newest.generation) == (2, 1)


def test_a_reopened_alert_is_evaluated_again() -> None:
    intake = Intake()
    send(intake, fire())
    evaluate(intake)
    send(intake, resolve())

    send(intake, fire())

    alert = only(intake)
    assert (alert.state, alert.disposition) == (AlertState.FIRING, Disposition.OPENED)
    assert alert.closed_at is None
    assert alert.evaluate_due_at == START


def test_a_sender_that_comes_back_hours_later_finds_its_expired_alert_and_page() -> (
    None
):
    intake = Intake()
    parsed = Parsed(signals=(fire(),), expires_after=5 * MINUTE)
    intake.submit("prom", parsed)
    evaluate(intake)
    intake.clock.turn(10 * MINUTE)
    expire(intake)
    expired = only(intake)

    intake.clock.turn(180 * MINUTE)
    receipt = intake.submit("prom", parsed)
    evaluate(intake)

    alert = only(intake)
    assert expired.state is AlertState.EXPIRED
    assert kinds(receipt) == [EntryKind.REOPENED]
    assert alert.state is AlertState.FIRING
    assert alert.page_id == expired.page_id
    assert alert.disposition is expired.disposition


def test_an_expired_alert_can_still_recover() -> None:
    intake = Intake()
    intake.submit("prom", Parsed(signals=(fire(),), expires_after=5 * MINUTE))
    evaluate(intake)
    intake.clock.turn(10 * MINUTE)
    expire(intake)

    receipt = send(intake, resolve(), name="prom")

    alert = only(intake)
    assert kinds(receipt) == [EntryKind.RESOLVED]
    assert alert.state is AlertState.RESOLVED


def test_what_could_not_be_read_is_kept_and_made_an_alert_that_does_not_expire() -> (
    None
):
    intake = Intake()

    receipt = intake.submit(
        "am", Parsed(unparsed="It is not JSON", expires_after=MINUTE), body=b"oops"
    )

    alert, raw = only(intake), intake.raw(receipt.id)
    assert kinds(receipt) == [EntryKind.UNPARSED]
    assert alert.title == "Unparsed payload from am"
    assert alert.annotations["body"] == "oops"
    assert alert.annotations["receipt"] == receipt.id
    assert alert.expire_due_at is None
    assert raw is not None
    assert (raw.body, raw.error) == (b"oops", "It is not JSON")


def test_the_readable_part_is_taken_and_the_rest_stands_as_an_alert() -> None:
    intake = Intake()

    receipt = intake.submit(
        "am", Parsed(signals=(fire(),), errors=("Alert 2: odd",)), body=b"[1,2]"
    )

    assert kinds(receipt) == [EntryKind.OPENED, EntryKind.UNPARSED]
    assert len(intake.alerts()) == 2


def test_where_the_sender_is_told_the_body_is_kept_without_an_alert() -> None:
    intake = Intake()

    receipt = intake.submit(
        "pd", Parsed(errors=("payload is required",)), answers_errors=True
    )

    assert receipt.entries == ()
    assert intake.raw(receipt.id) is not None
    assert intake.alerts() == []


def test_the_same_unreadable_trouble_is_one_alert() -> None:
    intake = Intake()

    for number in range(3):
        body = f"disk full at 12:0{number}".encode()
        intake.submit("am", Parsed(unparsed="no JSON"), body=body)

    assert only(intake).repeats == 2


Drawn = tuple[Callable[[str], Signal], str]
ACTIONS = st.sampled_from([fire, resolve, acknowledge])
BATCHES = st.lists(
    st.lists(st.tuples(ACTIONS, st.sampled_from("abc")), max_size=6), max_size=5
)


def _facts(intake: Intake) -> Mapping[str, object]:
    return {
        f"{alert.dedup_key}/{place}": (
            alert.state,
            alert.disposition,
            alert.generation,
            alert.repeats,
            alert.closed_at,
            alert.evaluate_due_at,
        )
        for place, alert in enumerate(sorted(intake.alerts(), key=lambda a: a.id))
    }


@settings(max_examples=30, deadline=None)
@given(BATCHES)
def test_a_key_twice_in_one_request_behaves_as_in_two(
    batches: list[list[Drawn]],
) -> None:
    together, apart = Intake(), Intake()
    decided: list[list[EntryKind]] = [[], []]

    for batch in batches:
        signals = [make(key) for make, key in batch]
        decided[0] += kinds(send(together, *signals))
        for signal in signals:
            decided[1] += kinds(send(apart, signal))
        for intake in (together, apart):
            intake.clock.turn(2 * MINUTE)

    assert decided[0] == decided[1]
    assert _facts(together) == _facts(apart)


@settings(max_examples=30, deadline=None)
@given(BATCHES)
def test_whatever_comes_everything_accepted_is_accounted_for(
    batches: list[list[Drawn]],
) -> None:
    intake = Intake()
    sent = 0

    for batch in batches:
        signals = [make(key) for make, key in batch]
        sent += len(signals)
        send(intake, *signals)
        evaluate(intake)
        intake.clock.turn(2 * MINUTE)

    counted = intake.store.read(conservation)
    assert counted.holds
    assert sum(counted.accepted_by_kind.values()) == sent
    assert sum(a.repeats for a in intake.alerts()) == counted.accepted_by_kind.get(
        "repeated", 0
    )
    open_keys = [a.dedup_key for a in intake.alerts() if a.state is AlertState.FIRING]
    assert len(open_keys) == len(set(open_keys))


def test_a_thousand_alerts_are_found_added_and_counted_at_once() -> None:
    intake = Intake()
    signals = tuple(fire(f"k{number}") for number in range(1000))

    first = send(intake, *signals)
    second = send(intake, *signals)

    assert set(kinds(first)) == {EntryKind.OPENED}
    assert set(kinds(second)) == {EntryKind.REPEATED}
    found = intake.store.read(lambda tx: tx.alert.firing(Slug("json")))
    assert len(found) == 1000
