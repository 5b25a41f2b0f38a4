"""What is known of contact methods, whatever the database."""

from datetime import datetime, timedelta

from tests.configured import CountingIds
from tests.conformance.examples import add_page, delivery

from handrail.core.coverage.evidence import MethodKey, Verification, Via
from handrail.core.ids import DeliveryId, Slug
from handrail.core.people.contact_method import ChannelKind
from handrail.ports.contact import GapTelling
from handrail.ports.store import Transaction
from handrail.storage.database import ServingStore
from handrail.usecases import contact

HOUR = timedelta(hours=1)
KEY = MethodKey(Slug("ana"), Slug("mail"), ChannelKind.EMAIL, "ana@example.org")


def verification(at: datetime, key: MethodKey = KEY) -> Verification:
    return Verification(key=key, at=at, via=Via.TEST)


def telling(at: datetime, gaps: str = "a") -> GapTelling:
    return GapTelling(
        service=Slug("shop"),
        gaps=gaps,
        until=at + 24 * HOUR,
        told_at=at,
        told="user:ana",
    )


def test_the_newest_verification_of_a_method_is_kept(store: ServingStore) -> None:
    def work(tx: Transaction) -> datetime:
        tx.contact.verify(verification(tx.now))
        tx.contact.verify(verification(tx.now + HOUR))
        tx.contact.verify(verification(tx.now - HOUR))
        return tx.now

    now = store.run(work)

    found = store.read(lambda tx: tx.contact.verifications())
    assert found == [verification(now + HOUR)]


def test_another_address_is_another_method(store: ServingStore) -> None:
    moved = KEY._replace(address="ana@example.net")
    other = KEY._replace(user=Slug("ben"))

    def work(tx: Transaction) -> datetime:
        for key in (KEY, moved, other):
            tx.contact.verify(verification(tx.now, key))
        return tx.now

    store.run(work)

    found = store.read(lambda tx: tx.contact.verifications(Slug("ana")))
    everybody = store.read(lambda tx: tx.contact.verifications())
    assert [one.key for one in found] == [moved, KEY]
    assert [one.key for one in everybody] == [moved, KEY, other]


def test_the_last_telling_of_a_service_is_kept(store: ServingStore) -> None:
    def work(tx: Transaction) -> datetime:
        tx.contact.tell(telling(tx.now))
        tx.contact.tell(telling(tx.now + HOUR, gaps="b"))
        return tx.now

    now = store.run(work)

    found = store.read(lambda tx: tx.contact.tellings())
    assert found == {Slug("shop"): telling(now + HOUR, gaps="b")}


def test_a_press_is_kept_with_the_method_and_address_that_brought_it(
    store: ServingStore,
) -> None:
    page = add_page(store)
    ids = CountingIds()

    def press(tx: Transaction, user: str) -> str | None:
        found = contact.note_press(
            tx, DeliveryId("d"), user=Slug(user), via=Via.PAGE, ids=ids
        )
        return None if found is None else found.address

    def work(tx: Transaction) -> list[str | None]:
        tx.delivery.add([delivery(page, tx.now, id=DeliveryId("d"))])
        return [press(tx, "ana"), press(tx, "ana"), press(tx, "ben")]

    mine, again, others = store.run(work)

    (known,) = store.read(lambda tx: tx.contact.verifications())
    events = store.read(lambda tx: tx.event.read("contact:ana"))
    assert mine == again == known.key.address
    assert others is None
    assert [one.kind for one in events] == ["contact_verified"] * 2
