"""The first half of admission: a request's signals are made durable.

One transaction finds what is known, decides each signal in the sender's order, opens
alerts and counts repeats in bulk, and writes the receipt. Routing and paging follow in
``evaluation``, woken by ``evaluate_due_at``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from handrail.core import limits
from handrail.core.alert import text
from handrail.core.alert.admission import AdmissionReason, Decision, decide
from handrail.core.alert.alert import Alert, AlertState, Disposition, KnownAlert
from handrail.core.alert.receipt import EntryKind, RawBody, Receipt, ReceiptEntry
from handrail.core.alert.signal import Signal, SignalAction
from handrail.core.configuration.snapshot import Integration
from handrail.core.ids import AlertId, ReceiptId
from handrail.ports.id_source import IdSource
from handrail.ports.source import Parsed
from handrail.ports.store import Transaction
from handrail.usecases import evaluation


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One request from a sender whose key is known.

    Attributes:
        receipt_id: Made before the transaction, so that a retry keeps it.
        body: As it came, decompressed where that was possible.
        body_is_whole: It was within the limit; else this is its beginning.
        answers_errors: The sender's protocol tells it of what could not be read, so no
            alert needs to stand for it; the body is kept all the same.
    """

    integration: Integration
    parsed: Parsed
    receipt_id: ReceiptId
    body: bytes
    content_type: str
    body_is_whole: bool = True
    answers_errors: bool = False


@dataclass(slots=True)
class _Plan:
    """What one request comes to, while its signals are decided one after another."""

    known: dict[str, KnownAlert]
    entries: list[ReceiptEntry] = field(default_factory=list)
    opened: list[Alert] = field(default_factory=list)
    repeated: list[ReceiptEntry] = field(default_factory=list)
    steps: list[tuple[Decision, Signal]] = field(default_factory=list)
    stepped: set[str] = field(default_factory=set)


def accept(tx: Transaction, submission: Submission, *, ids: IdSource) -> Receipt:
    """Admit every signal of the request; after the commit none of them can be lost.

    A key that occurs twice in one request behaves as if it came in two requests. What
    could not be read is kept raw, and is made an alert unless the sender is told.
    """
    signals = _signals(submission)
    plan = _Plan(known=_known(tx, submission.integration, signals))
    for signal in signals:
        _decide(tx, submission, plan, signal, ids=ids)
    if plan.opened:
        tx.alert.add(plan.opened)
    is_folded = _touch(tx, plan)
    for decision, signal in plan.steps:
        _carry_out(tx, submission, decision, signal, ids=ids)
    receipt = Receipt(
        id=submission.receipt_id,
        integration=submission.integration.name,
        received_at=tx.now,
        entries=tuple(plan.entries),
    )
    tx.receipt.add(receipt, is_folded=is_folded)
    if submission.parsed.complaint:
        tx.receipt.add_raw(_raw_body(submission))
    return receipt


def _signals(submission: Submission) -> Sequence[Signal]:
    """Return the request's signals, with one for what could not be read."""
    parsed = submission.parsed
    if submission.answers_errors or not parsed.complaint:
        return parsed.signals
    name = submission.integration.name
    if not submission.body_is_whole:
        key, what = "unparsed:oversized", "Oversized payload"
    else:
        key = text.unparsed_key(submission.body)
        what = "Unparsed payload" if parsed.unparsed else "Partly unparsed payload"
    stand_in = Signal(
        action=SignalAction.FIRE,
        dedup_key=key,
        title=f"{what} from {name}",
        labels={"alertname": "UnparsedPayload", "integration": name},
        annotations={
            "description": (
                "A sender with a valid key posted something that could not be read."
                " It may have been an alert. Look at the body, then mend the sender."
            ),
            "error": text.storable(parsed.complaint),
            "receipt": submission.receipt_id,
            "body": _excerpt(submission.body),
        },
        unparsed=True,
    )
    return (*parsed.signals, stand_in)


def _excerpt(body: bytes) -> str:
    return text.storable(text.cut(body[:4096].decode(errors="replace"), 2048))


def _raw_body(submission: Submission) -> RawBody:
    body = submission.body
    error = text.storable(submission.parsed.complaint)
    if len(body) > limits.RAW_BODY_BYTES_KEPT_MAX:
        error += f" (the beginning of {len(body)} bytes is kept)"
    return RawBody(
        receipt_id=submission.receipt_id,
        content_type=text.cut(text.storable(submission.content_type), 255),
        error=text.cut(error, 4096),
        body=body[: limits.RAW_BODY_BYTES_KEPT_MAX],
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
    for key, found in known.items():
        if found.closed_at is not None:
            alert = tx.alert.get(found.id, lock=True)
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
        _plan_work(plan, decision, signal, entry)
        plan.known |= _known_after(plan.known, decision, signal, tx)


def _plan_work(
    plan: _Plan, decision: Decision, signal: Signal, entry: ReceiptEntry
) -> None:
    """Sort the decision into what is done in bulk and what one by one.

    Repeats are bulk, unless an earlier signal of the same request closed or reopened
    the alert: then counting them must follow that step.
    """
    if decision.kind is EntryKind.REPEATED:
        if entry.alert_id in plan.stepped:
            counted = replace(decision, reason=AdmissionReason.ALREADY_OPEN)
            plan.steps.append((counted, signal))
        else:
            plan.repeated.append(entry)
        if decision.reason is AdmissionReason.SEVERITY_RAISED:
            plan.steps.append((decision, signal))
    elif decision.kind not in {EntryKind.OPENED, EntryKind.UNPARSED}:
        assert entry.alert_id is not None
        plan.steps.append((decision, signal))
        plan.stepped.add(entry.alert_id)


def _known_after(
    known: dict[str, KnownAlert], decision: Decision, signal: Signal, tx: Transaction
) -> dict[str, KnownAlert]:
    """Return what the next signal with this key finds."""
    if decision.alert_id is None:
        return {}
    before = known.get(signal.dedup_key)
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
            return {}
    after = KnownAlert(
        id=AlertId(decision.alert_id),
        generation=generation,
        closed_at=closed_at,
        severity_word=word,
    )
    return {signal.dedup_key: after}


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


def _touch(tx: Transaction, plan: _Plan) -> bool:
    """Count repeats; return whether the receipt's journal owes none of them."""
    if all(entry.kind is not EntryKind.REPEATED for entry in plan.entries):
        return True
    return tx.alert.touch(plan.repeated, seen_at=tx.now)


def _carry_out(
    tx: Transaction,
    submission: Submission,
    decision: Decision,
    signal: Signal,
    *,
    ids: IdSource,
) -> None:
    """Do one step that concerns a single known alert."""
    assert decision.alert_id is not None
    alert = tx.alert.get(AlertId(decision.alert_id), lock=True)
    assert alert is not None, f"known alert {decision.alert_id} is gone"
    actor = f"integration:{submission.integration.name}"
    match decision.kind:
        case EntryKind.RESOLVED:
            evaluation.on_resolved(tx, alert, actor=actor, ids=ids)
        case EntryKind.ACKNOWLEDGED:
            evaluation.on_acknowledged(tx, alert, actor=actor, ids=ids)
        case EntryKind.REOPENED:
            tx.alert.save(_reopened(tx, alert, signal, decision))
        case _:
            _repeat_alone(tx, alert, signal, decision)


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


def _repeat_alone(
    tx: Transaction, alert: Alert, signal: Signal, decision: Decision
) -> None:
    """Take a repeat that says worse, or count one that follows a reopening."""
    if decision.reason is not AdmissionReason.SEVERITY_RAISED:
        entry = ReceiptEntry(
            kind=EntryKind.REPEATED, alert_id=alert.id, ends_at=decision.expires_at
        )
        tx.alert.touch((entry,), seen_at=tx.now)
        return
    raised = replace(
        _described(alert, signal),
        severity_word=signal.severity_word,
        evaluate_due_at=tx.now,
    )
    tx.alert.save(raised)


def _described(alert: Alert, signal: Signal) -> Alert:
    return replace(
        alert,
        title=signal.title,
        labels=signal.labels,
        annotations=signal.annotations,
        url=signal.url or alert.url,
    )
