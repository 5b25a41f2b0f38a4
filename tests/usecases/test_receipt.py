import pytest
from tests.intake import Intake

from handrail.core.alert.alert import Disposition
from handrail.core.alert.signal import Signal, SignalAction
from handrail.core.errors import NotFoundError
from handrail.core.ids import ReceiptId
from handrail.ports.source import Parsed
from handrail.usecases import evaluation
from handrail.usecases.receipt import ReceiptStory, tell


def send(intake: Intake, *actions: SignalAction) -> ReceiptId:
    signals = tuple(Signal(action=a, dedup_key="k", title="It broke") for a in actions)
    return intake.submit("json", Parsed(signals=signals)).id


def told(intake: Intake, receipt_id: ReceiptId) -> ReceiptStory:
    return intake.store.read(lambda tx: tell(tx, receipt_id))


def test_an_unknown_receipt_is_refused() -> None:
    intake = Intake()

    with pytest.raises(NotFoundError, match="is not known"):
        told(intake, ReceiptId(intake.ids.new_id()))


def test_a_signal_that_opened_an_alert_shares_its_fate() -> None:
    intake = Intake()
    receipt = send(intake, SignalAction.FIRE)

    before = told(intake, receipt).entries[0]
    intake.store.run(lambda tx: evaluation.evaluate_due(tx, ids=intake.ids, limit=9))
    paged = told(intake, receipt).entries[0]
    send(intake, SignalAction.RESOLVE)
    after = told(intake, receipt).entries[0]

    assert (before.disposition, before.is_final) == (Disposition.OPENED, False)
    assert paged.disposition != Disposition.OPENED
    assert paged.decided_by
    assert after.is_final
    assert after.alert_title == "It broke"


def test_every_other_signal_has_an_end_of_its_own() -> None:
    intake = Intake()
    receipt = send(
        intake,
        SignalAction.RESOLVE,
        SignalAction.FIRE,
        SignalAction.FIRE,
        SignalAction.ACKNOWLEDGE,
        SignalAction.RESOLVE,
    )

    story = told(intake, receipt)

    assert [entry.disposition for entry in story.entries] == [
        Disposition.DROPPED,
        Disposition.ACKNOWLEDGED,
        Disposition.REPEATED,
        Disposition.ACKNOWLEDGED,
        Disposition.RESOLVED,
    ]
    assert all(entry.is_final for entry in story.entries)
    assert all(entry.reason for entry in story.entries)


def test_what_could_not_be_read_is_told_with_its_reason() -> None:
    intake = Intake()
    receipt = intake.submit("am", Parsed(unparsed="It is not JSON")).id

    story = told(intake, receipt)

    assert story.error == "It is not JSON"
    assert story.body_is_kept
    assert story.entries[0].kind == "unparsed"
