"""Readiness says that something was set aside, and stays what it is."""

from tests.api.site import Site

from handrail.ports.store import Transaction
from handrail.usecases import evaluation


def test_a_row_that_was_set_aside_shows_in_readiness(home: Site) -> None:
    home.signal()
    before = home.get("/health/ready").json()

    def spoil(tx: Transaction) -> None:
        sql = "UPDATE alert SET labels = '{', evaluate_due_at = 1"
        tx._scope.control(sql)  # type: ignore[attr-defined] # no port spoils

    home.store.run(spoil)
    home.store.run(lambda tx: evaluation.evaluate_due(tx, ids=home.ids, limit=9))

    after = home.get("/health/ready").json()
    assert (before["set_aside"], after["set_aside"]) == (0, 1)
    assert after["status"] == before["status"]
