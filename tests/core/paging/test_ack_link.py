import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.core.ids import DeliveryId, PageId, Slug
from handrail.core.paging import ack_link
from handrail.core.paging.ack_link import AckAction, AckGrant, ContactGrant, Refusal

PAGE = PageId("019c1b6e-0000-7000-8000-000000000001")
OTHER_PAGE = "019c1b6e-0000-7000-8000-000000000002"
UNTIL = datetime(2026, 2, 1, 8, 0, tzinfo=UTC)
BEFORE = UNTIL - timedelta(seconds=1)


def sign(payload: bytes) -> str:
    return hashlib.sha256(b"a test key" + payload).hexdigest()


def verify(payload: bytes, signature: str) -> bool:
    return sign(payload) == signature


def token(user: str | None = "ana") -> str:
    slug = None if user is None else Slug(user)
    return ack_link.make(page_id=PAGE, user=slug, expires_at=UNTIL, sign=sign)


@pytest.mark.parametrize("user", ["ana", "ana.b-c_d", None])
def test_a_token_grants_what_it_was_made_for(user: str | None) -> None:
    grant = ack_link.read(token(user), now=BEFORE, verify=verify)

    assert grant == AckGrant(
        page_id=PAGE,
        user=None if user is None else Slug(user),
        action=AckAction.ACKNOWLEDGE,
        expires_at=UNTIL,
    )


def test_a_token_is_short_and_needs_no_escaping() -> None:
    made = token()

    assert len(made) < 200
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyzABCDEF0123456789-._~")
    assert made[-1].isalnum()


@pytest.mark.parametrize("late", [0, 1, 86_400])
def test_a_token_grants_nothing_from_its_expiry_on(late: int) -> None:
    now = UNTIL + timedelta(seconds=late)

    assert ack_link.read(token(), now=now, verify=verify) is Refusal.EXPIRED


@pytest.mark.parametrize(
    ("old", "new"),
    [("~ana~", "~ben~"), ("~ana~", "~~"), (PAGE, OTHER_PAGE), ("~697f", "~797f")],
)
def test_a_changed_claim_is_refused(old: str, new: str) -> None:
    changed = token().replace(old, new)

    assert changed != token()
    assert ack_link.read(changed, now=BEFORE, verify=verify) is Refusal.FORGED


def test_an_expired_forgery_is_told_nothing_but_that_it_is_forged() -> None:
    forged = token().replace("~ana~", "~ben~")
    now = UNTIL + timedelta(days=1)

    assert ack_link.read(forged, now=now, verify=verify) is Refusal.FORGED


def test_a_token_cut_short_is_refused() -> None:
    made = token()

    for length in range(len(made)):
        outcome = ack_link.read(made[:length], now=BEFORE, verify=verify)
        assert outcome in {Refusal.MALFORMED, Refusal.FORGED}


@given(st.text() | st.from_regex(r"[a-z~0-9-]{1,80}~[0-9a-f]{1,9}~a~[a-z]*~[0-9a-f]+"))
def test_nothing_a_stranger_sends_grants_anything(text: str) -> None:
    assert isinstance(ack_link.read(text, now=BEFORE, verify=verify), Refusal)


DELIVERY = DeliveryId("019c1b6e-0000-7000-8000-000000000003")


def test_a_token_tells_which_delivery_brought_it() -> None:
    made = ack_link.make(
        page_id=PAGE,
        user=Slug("ana"),
        expires_at=UNTIL,
        sign=sign,
        delivery_id=DELIVERY,
    )

    grant = ack_link.read(made, now=BEFORE, verify=verify)

    assert isinstance(grant, AckGrant)
    assert (grant.page_id, grant.delivery_id) == (PAGE, DELIVERY)
    assert len(made) < 240


def test_the_token_of_a_test_says_that_it_arrived_and_acknowledges_nothing() -> None:
    made = ack_link.make_test(
        user=Slug("ana"), delivery_id=DELIVERY, expires_at=UNTIL, sign=sign
    )

    grant = ack_link.read(made, now=BEFORE, verify=verify)
    late = ack_link.read(made, now=UNTIL, verify=verify)

    assert grant == ContactGrant(
        user=Slug("ana"), delivery_id=DELIVERY, expires_at=UNTIL
    )
    assert late is Refusal.EXPIRED
    other = made.replace("~v~", "~a~")
    assert ack_link.read(other, now=BEFORE, verify=verify) is Refusal.FORGED
