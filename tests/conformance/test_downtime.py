"""Our own downtime is not a sender's silence, whatever the database."""

from datetime import timedelta

from tests.conformance.examples import IDS, alert

from handrail.core import limits
from handrail.core.alert.alert import AlertState
from handrail.storage.database import ServingStore
from handrail.usecases import evaluation


def test_nothing_expires_for_what_could_not_be_said_while_we_were_down(
    store: ServingStore,
) -> None:
    made = store.read(lambda tx: alert(tx.now, expire_due_at=tx.now - timedelta(1)))
    lasting = store.read(
        lambda tx: alert(tx.now, "lasting", expire_due_at=tx.now + timedelta(1))
    )
    store.run(lambda tx: tx.alert.add([made, lasting]))

    forgiven = store.run(evaluation.forgive_downtime)
    expired = store.run(lambda tx: evaluation.expire_due(tx, ids=IDS, limit=9))

    after = store.read(lambda tx: tx.alert.get(made.id))
    unchanged = store.read(lambda tx: tx.alert.get(lasting.id))
    assert (forgiven, expired) == (1, 0)
    assert after is not None
    assert after.state is AlertState.FIRING
    assert after.expire_due_at is not None
    assert after.expire_due_at - made.last_seen_at >= limits.EXPIRY_GRACE_AT_START
    assert unchanged == lasting
