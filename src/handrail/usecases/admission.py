"""The first half of admission: signals are made durable.

One transaction finds what is known, decides each signal in the sender's order, opens
alerts and counts repeats in bulk, and writes a receipt for each request. Routing and
paging follow in ``evaluation``, woken by ``evaluate_due_at``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto, unique
from itertools import chain

from handrail.core import limits
from handrail.core.alert.admission import AdmissionReason, Decision, decide
from handrail.core.alert.alert import Alert, AlertState, Disposition, KnownAlert
from handrail.core.alert.receipt import EntryKind, Receipt, ReceiptEntry
from handrail.core.alert.signal import Signal
from handrail.core.configuration.snapshot import Integration
from handrail.core.ids import AlertId, ReceiptId
from handrail.ports.id_source import IdSource
from handrail.ports.setback import UnreadableError
from handrail.ports.store import Transaction
from handrail.usecases import evaluation, setback
from handrail.usecases.submission import Submission


@unique
class _Do(Enum):
    """What is done to one known alert."""

    RESOLVE = auto()
    ACKNOWLEDGE = auto()
    REOPEN = auto()
    RAISE = auto()
    DESCRIBE = auto()
    COUNT = auto()


_DO = {
    EntryKind.RESOLVED: _Do.RESOLVE,
    EntryKind.ACKNOWLEDGED: _Do.ACKNOWLEDGE,
    EntryKind.REOPENED: _Do.REOPEN,
}


@dataclass(slots=True)
class _Plan:
    """What requests come to, while their signals are decided one after another.

    Attributes:
        entries: Of the request whose signals are being decided.
    """

    known: dict[str, KnownAlert]
    entries: list[ReceiptEntry] = field(default_factory=list)
    opened: list[Alert] = field(default_factory=list)
    repeated: list[ReceiptEntry] = field(default_factory=list)
    steps: list[tuple[_Do, Decision, Signal]] = field(default_factory=list)
    stepped: set[str] = field(default_factory=set)


def accept(tx: Transaction, submission: Submission, *, ids: IdSource) -> Receipt:
    """Admit every signal of the request; after the commit none of them can be lost.

    A key that occurs twice in one request behaves as if it came in two requests. What
    could not be read is kept raw, and is made an alert unless the sender is told.
    """
    return accept_all(tx, (submission,), ids=ids)[0]


def accept_all(
    tx: Transaction, submissions: Sequence[Submission], *, ids: IdSource
) -> list[Receipt]:
    """Admit requests of one integration as if they came one after another.

    Together they cost little more than one: what is known is looked up once, and what
    is new is written at once.
    """
    integration = submissions[0].integration
    posted = [submission.signals() for submission in submissions]
    plan = _Plan(known=_known(tx, integration, list(chain.from_iterable(posted))))
    receipts: list[Receipt] = []
    for submission, signals in zip(submissions, posted, strict=True):
        assert submission.integration.name == integration.name
        plan.entries = []
        for signal in signals:
            _decide(tx, submission, plan, signal, ids=ids)
        receipts.append(_receipt(tx, submission, plan))
    if plan.opened:
        tx.alert.add(plan.opened)
    folded = _touch(tx, plan, receipts)
    for step in plan.steps:
        try:
            _carry_out(tx, integration, step, ids=ids)
        except UnreadableError as error:
            # One alert that cannot be read must not cost what else the request says.
            setback.tell_of(tx, error, ids=ids)
    tx.receipt.add_all(receipts, folded=folded)
    for submission in submissions:
        if submission.parsed.complaint:
            tx.receipt.add_raw(submission.raw_body())
    return receipts


def _receipt(tx: Transaction, submission: Submission, plan: _Plan) -> Receipt:
    return Receipt(
        id=submission.receipt_id,
        integration=submission.integration.name,
        received_at=tx.now,
        entries=tuple(plan.entries),
    )


def _known(
    tx: Transaction, integration: Integration, signals: Sequence[Signal]
) -> dict[str, KnownAlert]:
    """Find what is known of the keys, and whether what closed had merely expired."""
    keys = list(dict.fromkeys(signal.dedup_key for signal in signals))
    if not keys:
        return {}
    memory = max(limits.REOPEN_WINDOW_DEFAULT, limits.EXPIRED_MEMORY)
    known = tx.alert.known(integration.name, keys, closed_since=tx.now - memory)
    for key, found in list(known.items()):
        if found.closed_at is not None:
            try:
                alert = tx.alert.get(found.id, lock=True)
            except UnreadableError:
                # It cannot be reopened; a new one can be opened.
                del known[key]
                continue
            if alert is not None and alert.state is AlertState.EXPIRED:
                known[key] = replace(found, is_expired=True)
    return known


def _decide(
    tx: Transaction,
    submission: Submission,
    plan: _Plan,
    signal: Signal,
    *,
    ids: IdSource,
) -> None:
    """Decide one signal and note in the plan what it changes for those after it."""
    # A body that could not be read stands until a person has looked at it.
    timeout = None if signal.unparsed else submission.parsed.expires_after
    decision = decide(
        signal,
        plan.known.get(signal.dedup_key),
        now=tx.now,
        reopen_window=limits.REOPEN_WINDOW_DEFAULT,
        resolve_timeout=timeout,
    )
    if decision.kind in {EntryKind.OPENED, EntryKind.UNPARSED}:
        alert = _opened(tx, submission, signal, decision, ids=ids)
        plan.opened.append(alert)
        decision = replace(decision, alert_id=alert.id)
    alert_id = None if decision.alert_id is None else AlertId(decision.alert_id)
    entry = ReceiptEntry(
        kind=decision.kind, alert_id=alert_id, ends_at=decision.expires_at
    )
    plan.entries.append(entry)
    if alert_id is not None:
        is_told_anew = submission.parsed.describes_anew
        _plan_work(plan, decision, signal, entry, is_told_anew=is_told_anew)
        after = _known_after(plan.known.get(signal.dedup_key), decision, signal, tx)
        if after is not None:
            plan.known[signal.dedup_key] = after


def _plan_work(
    plan: _Plan,
    decision: Decision,
    signal: Signal,
    entry: ReceiptEntry,
    *,
    is_told_anew: bool,
) -> None:
    """Sort the decision into what is done in bulk and what one by one.

    Repeats are bulk, unless an earlier signal of the same request closed or reopened
    the alert: then counting them must follow that step.
    """
    if decision.kind is EntryKind.REPEATED:
        if entry.alert_id in plan.stepped:
            plan.steps.append((_Do.COUNT, decision, signal))
        else:
            plan.repeated.append(entry)
        if decision.reason is AdmissionReason.SEVERITY_RAISED:
            plan.steps.append((_Do.RAISE, decision, signal))
        elif is_told_anew:
            plan.steps.append((_Do.DESCRIBE, decision, signal))
    elif decision.kind in _DO:
        assert entry.alert_id is not None
        plan.steps.append((_DO[decision.kind], decision, signal))
        plan.stepped.add(entry.alert_id)


def _known_after(
    before: KnownAlert | None, decision: Decision, signal: Signal, tx: Transaction
) -> KnownAlert | None:
    """Return what the next signal with this key finds; none where that is as before."""
    if decision.alert_id is None:
        return None
    generation = before.generation if before is not None else 1
    word = signal.severity_word
    closed_at = None
    match decision.kind:
        case EntryKind.RESOLVED:
            closed_at = tx.now
        case EntryKind.REOPENED:
            generation += 1
        case EntryKind.REPEATED if decision.reason is AdmissionReason.SEVERITY_RAISED:
            pass
        case EntryKind.OPENED | EntryKind.UNPARSED:
            generation = 1
        case _:
            return None
    return KnownAlert(
        id=AlertId(decision.alert_id),
        generation=generation,
        closed_at=closed_at,
        severity_word=word,
    )


def _opened(
    tx: Transaction,
    submission: Submission,
    signal: Signal,
    decision: Decision,
    *,
    ids: IdSource,
) -> Alert:
    now = tx.now
    return Alert(
        id=AlertId(ids.new_id()),
        integration=submission.integration.name,
        dedup_key=signal.dedup_key,
        state=AlertState.FIRING,
        title=signal.title,
        labels=signal.labels,
        annotations=signal.annotations,
        url=signal.url,
        severity_word=signal.severity_word,
        starts_at=signal.starts_at or now,
        opened_at=now,
        last_seen_at=now,
        reason=decision.reason,
        evaluate_due_at=now,
        expire_due_at=decision.expires_at,
    )


def _touch(tx: Transaction, plan: _Plan, receipts: Sequence[Receipt]) -> set[ReceiptId]:
    """Count repeats; return the receipts of which the journal owes none."""
    owing = {
        receipt.id
        for receipt in receipts
        if any(entry.kind is EntryKind.REPEATED for entry in receipt.entries)
    }
    if owing and tx.alert.touch(plan.repeated, seen_at=tx.now):
        owing = set()
    return {receipt.id for receipt in receipts} - owing


def _carry_out(
    tx: Transaction,
    integration: Integration,
    step: tuple[_Do, Decision, Signal],
    *,
    ids: IdSource,
) -> None:
    """Do one step that concerns a single known alert.

    Raises:
        UnreadableError: The alert cannot be read; nothing was done.
    """
    do, decision, signal = step
    assert decision.alert_id is not None
    alert = tx.alert.get(AlertId(decision.alert_id), lock=True)
    assert alert is not None, f"known alert {decision.alert_id} is gone"
    actor = f"integration:{integration.name}"
    match do:
        case _Do.RESOLVE:
            evaluation.on_resolved(tx, alert, actor=actor, ids=ids)
        case _Do.ACKNOWLEDGE:
            evaluation.on_acknowledged(tx, alert, actor=actor, ids=ids)
        case _Do.REOPEN:
            tx.alert.save(_reopened(tx, alert, signal, decision))
        case _Do.RAISE:
            tx.alert.save(_raised(tx, alert, signal))
        case _Do.DESCRIBE:
            described = _described(alert, signal)
            if described != alert:
                tx.alert.save(described)
        case _Do.COUNT:
            entry = ReceiptEntry(
                kind=EntryKind.REPEATED, alert_id=alert.id, ends_at=decision.expires_at
            )
            tx.alert.touch((entry,), seen_at=tx.now)


def _reopened(
    tx: Transaction, alert: Alert, signal: Signal, decision: Decision
) -> Alert:
    """Return the alert firing again, as the sender now describes it.

    Where its sender had only fallen silent, a page about it may still be open: what
    became of it stays, and evaluation finds that page.
    """
    disposition = alert.disposition
    if (
        decision.reason is not AdmissionReason.SENDER_RETURNED
        or disposition is Disposition.EXPIRED
    ):
        disposition = Disposition.OPENED
    return replace(
        _described(alert, signal),
        state=AlertState.FIRING,
        closed_at=None,
        generation=alert.generation + 1,
        severity_word=signal.severity_word,
        disposition=disposition,
        reason=decision.reason,
        last_seen_at=tx.now,
        evaluate_due_at=tx.now,
        expire_due_at=decision.expires_at,
    )


def _raised(tx: Transaction, alert: Alert, signal: Signal) -> Alert:
    """Return the alert as its sender now says, to be looked at again."""
    return replace(
        _described(alert, signal),
        severity_word=signal.severity_word,
        evaluate_due_at=tx.now,
    )


def _described(alert: Alert, signal: Signal) -> Alert:
    return replace(
        alert,
        title=signal.title,
        labels=signal.labels,
        annotations=signal.annotations,
        url=signal.url or alert.url,
    )
