"""Cover requests and swaps as earlier versions stored them."""

from datetime import UTC, datetime

import pytest

from handrail.core.cover.agreement import Agreement
from handrail.core.cover.cover_request import CoverRequest
from handrail.core.cover.swap import Swap
from handrail.storage.sqlite import SqliteStore

COVER = (
    '{"id":"a","number":7,"schedule":"web","asker":"ana",'
    '"starts_at":"2026-01-12T09:00:00Z","ends_at":"2026-01-12T10:00:00Z",'
    '"asked":["ben","cleo"],"created_at":"2026-01-12T08:00:00Z",'
    '"expires_at":"2026-01-12T09:00:00Z","note":"a train","state":"accepted",'
    '"declined":["cleo"],"covered_by":"ben","covered_from":"2026-01-12T09:00:00Z",'
    '"override":"override-1","closed_at":"2026-01-12T08:00:00Z","sequence":3}'
)
SWAP = (
    '{"id":"b","number":7,"proposer":"ana","legs":[{"schedule":"web",'
    '"starts_at":"2026-01-12T09:00:00Z","ends_at":"2026-01-12T10:00:00Z",'
    '"gives":"ana","takes":"ben"},{"schedule":"web",'
    '"starts_at":"2026-01-12T10:00:00Z","ends_at":"2026-01-12T11:00:00Z",'
    '"gives":"ben","takes":"ana"}],"created_at":"2026-01-12T08:00:00Z",'
    '"expires_at":"2026-01-12T09:00:00Z","note":"","state":"done",'
    '"consents":["ana","ben"],"declined_by":null,'
    '"overrides":["override-2","override-3"],'
    '"closed_at":"2026-01-12T08:00:00Z","sequence":2}'
)


@pytest.mark.parametrize(
    ("kind", "table", "stored", "standing"),
    [
        (CoverRequest, "cover_request", COVER, "COV-7 was taken by ben"),
        (Swap, "swap", SWAP, "SWAP-7 is done"),
    ],
)
def test_what_an_earlier_version_stored_is_read(
    kind: type[Agreement], table: str, stored: str, standing: str
) -> None:
    store = SqliteStore.in_memory(now=lambda: datetime.now(UTC))
    store._driver_connection.execute(
        f"INSERT INTO {table} (id, number, progress, sequence, state)"
        " VALUES ('a', 7, 'x', 3, ?)",
        (stored,),
    ).close()

    found = store.read(lambda tx: tx.agreement.get(kind, 7))

    assert found is not None
    assert f"{found.name} {found.standing}" == standing
    assert found.is_agreed
    assert (found.moves[0].gives, found.moves[0].takes) == ("ana", "ben")
    assert found.consenting == ("ana", "ben")
