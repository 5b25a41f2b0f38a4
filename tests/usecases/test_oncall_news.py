"""What is asked of people is told only while it can be answered."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.rota import ANA, BEN, LEA, ROTA, Rota

from handrail.core.cover.cover_request import CoverRequest
from handrail.core.cover.span_text import SpanText
from handrail.core.ids import NodeId, Slug
from handrail.core.paging.delivery import DeliveryState
from handrail.usecases import agreement, cover
from handrail.usecases.cover_plea import Plea
from handrail.usecases.delivery import claim
from handrail.usecases.message import compose


@pytest.fixture
def rota() -> Rota:
    made = Rota()
    span = SpanText(starts="thu 18:00", ends="fri 06:00")
    made.do(cover.ask, Plea(schedule=Slug("web"), span=span, whom=(BEN,)), by=ANA)
    return made


def sends(rota: Rota) -> list[Any]:
    return rota.store.run(lambda tx: claim(tx, node=NodeId("n"), ids=rota.ids))


def test_an_open_request_is_told_with_where_to_answer(rota: Rota) -> None:
    (send,) = sends(rota)

    message = compose(send, base_url="https://h.test", sign=lambda _: "s")

    (item,) = message.items
    assert item.severity == "ON CALL"
    assert item.title == "COV-1: cover for ana on web?"
    assert item.open_url == "https://h.test/oncall/covers/COV-1"
    assert "Thu 15 Jan 2026 18:00 to Fri 16 Jan 2026 06:00 (Europe/Berlin)" in (
        item.summary
    )
    assert item.ack_url == ""


@pytest.mark.parametrize(
    ("verb", "by", "why"),
    [
        (agreement.withdraw, ANA, "COV-1 was withdrawn by ana"),
        (agreement.accept, BEN, "COV-1 was taken by ben"),
    ],
)
def test_once_it_is_settled_nobody_is_asked_any_more(
    rota: Rota, verb: Callable[..., Any], by: Slug, why: str
) -> None:
    asked = rota.look(lambda tx: tx.delivery.owed(limit=9))[0]

    rota.do(verb, CoverRequest, "COV-1", by=by)

    claimed = {d.id for send in sends(rota) for d in send.deliveries}
    assert asked.id not in claimed
    ended = rota.look(lambda tx: tx.delivery.get(asked.id))
    assert ended is not None
    assert ended.state is DeliveryState.CANCELLED
    assert why in ended.reason


def test_who_cannot_be_told_is_named() -> None:
    silent = "\n---\n".join(
        "user: {name: ben}" if "name: ben," in part else part
        for part in ROTA.split("\n---\n")
    )
    rota = Rota(text=silent)
    plea = Plea(schedule=Slug("web"), span=SpanText(lasts="3h"), whom=(BEN, LEA))

    asked = rota.do(cover.ask, plea, by=ANA)

    assert "Asked but not told, for want of a contact method: ben." in asked.notes
