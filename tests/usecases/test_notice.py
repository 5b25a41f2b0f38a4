"""What people tell the public, on a store in memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from tests.world.clock import VirtualClock
from tests.world.configuration import payments
from tests.world.database import fresh_store
from tests.world.seeded_ids import SeededIds

from handrail.core.access.actor import Actor, ActorKind
from handrail.core.access.role import Role
from handrail.core.errors import ConflictError, InvalidError, NotFoundError
from handrail.core.ids import Slug
from handrail.core.incident.incident import Incident
from handrail.core.incident.public_notice import Draft
from handrail.core.severity.severity import Severity
from handrail.core.status_page.advice import Concern
from handrail.core.status_page.component import ComponentStatus
from handrail.core.status_page.notice import NoticeStage
from handrail.usecases import incident as use
from handrail.usecases import notice
from handrail.usecases.desk import Desk
from handrail.usecases.incident import Declaration
from handrail.usecases.incident_record import as_known_at, find

ANA, WEB = Slug("ana"), Slug("web")
OVER = NoticeStage.RESOLVED


@dataclass
class Press:
    """A store with a status page, and a clock to turn."""

    clock: VirtualClock
    ids: SeededIds
    store: Any

    def desk(self, tx: Any, user: Slug = ANA) -> Desk:
        actor = Actor(kind=ActorKind.USER, name=user, role=Role.RESPONDER, user=user)
        return Desk(tx=tx, actor=actor, ids=self.ids)

    def do(self, verb: Any, *args: Any, user: Slug = ANA, **words: Any) -> Any:
        return self.store.run(lambda tx: verb(self.desk(tx, user), *args, **words))

    def declare(self, **words: Any) -> Incident:
        parts = {"title": "db-7 is full", "severity": Severity.SEV1} | words
        made: Incident = self.do(use.declare, Declaration(**parts))
        return made

    def tell(
        self, stage: str = "investigating", *, user: Slug = ANA, **parts: Any
    ) -> Any:
        text = parts.pop("text", "Some payments fail. Next update by noon.")
        draft = Draft(stage=NoticeStage(stage), text=text, **parts)
        return self.do(notice.publish, "INC-1", draft, user=user)


@pytest.fixture
def press() -> Iterator[Press]:
    clock = VirtualClock()
    ids = SeededIds(1, clock)
    store = fresh_store(now=clock.now, is_alive=lambda _: True)
    configuration = payments().put(
        "component", "web", {"title": "Website", "service": "checkout"}
    )
    store.run(configuration.apply)
    yield Press(clock=clock, ids=ids, store=store)
    store.close()


def test_a_notice_is_stored_recorded_and_meets_what_is_owed(press: Press) -> None:
    press.declare()
    outage = {WEB: ComponentStatus.MAJOR_OUTAGE}

    after, made, advice = press.tell(components=outage)

    assert advice == ()
    assert after.notices == (made.id,)
    assert after.component_status == outage
    owed = {o.kind for o in after.obligations if o.is_open}
    assert "public_notice" not in owed
    assert "next_update" in owed
    known = press.store.read(lambda tx: as_known_at(tx, after.id, tx.now))
    assert known == after


def test_the_all_clear_lets_the_incident_be_resolved(press: Press) -> None:
    press.declare()
    press.tell(components={WEB: ComponentStatus.MAJOR_OUTAGE})
    press.do(use.mitigated, "INC-1", reason="rolled back")
    with pytest.raises(ConflictError, match="all-clear"):
        press.do(use.resolve, "INC-1", despite_obligations=True)

    press.tell("resolved")
    done = press.do(use.resolve, "INC-1", despite_obligations=True)

    view = press.store.read(notice.public_view)
    assert done.resolved_at is not None
    assert view.description == "All Systems Operational"
    assert [c.status for c in view.components] == [ComponentStatus.OPERATIONAL]


def test_a_refused_notice_leaves_no_trace(press: Press) -> None:
    before = press.declare()

    with pytest.raises(InvalidError):
        press.tell(components={Slug("wbe"): ComponentStatus.MAJOR_OUTAGE})

    assert press.store.read(lambda tx: tx.notice.count()) == 0
    assert press.store.read(lambda tx: find(tx, "INC-1")) == before


def test_the_next_word_is_not_promised_for_never(press: Press) -> None:
    press.declare()

    with pytest.raises(InvalidError):
        press.tell(next_update_at=press.clock.now() + timedelta(days=31))


def test_advice_comes_with_the_notice_and_knows_who_works_here(press: Press) -> None:
    press.declare()

    _, _, advice = press.tell(text="Cloudflare is at fault.")

    concerns = [a.concern for a in advice]
    assert Concern.BLAMES_SUPPLIER in concerns
    assert press.store.read(lambda tx: tx.notice.count()) == 1


def test_a_private_incident_is_told_by_its_public_title_alone(press: Press) -> None:
    press.declare(title="Ben read payroll", is_private=True)
    with pytest.raises(InvalidError):
        press.tell()
    with pytest.raises(NotFoundError):
        press.tell(title="x", user=Slug("mia"))

    press.tell(title="Sign-in fails")

    view = press.store.read(notice.public_view)
    suggested = press.do(notice.suggest, "INC-1", OVER)
    assert view.incidents[0].title == "Sign-in fails"
    assert "payroll" not in repr(view)
    assert "payroll" not in repr(suggested)


def test_what_is_new_to_show_has_another_mark(press: Press) -> None:
    marks = [press.store.read(notice.page_mark)]
    press.declare()
    marks.append(press.store.read(notice.page_mark))
    press.tell()
    marks.append(press.store.read(notice.page_mark))

    assert marks[0] == marks[1] != marks[2]


def test_words_are_suggested_for_the_component_behind_the_service(
    press: Press,
) -> None:
    press.declare(service=Slug("checkout"))

    found = press.do(notice.suggest, "INC-1", NoticeStage.INVESTIGATING)

    assert "Website" in found.text
    assert found.components == {WEB: ComponentStatus.MAJOR_OUTAGE}


def test_what_was_looked_at_is_published_only_if_nobody_spoke_since(
    press: Press,
) -> None:
    press.declare()
    draft = Draft(stage=NoticeStage("investigating"), text="Some payments fail.")
    looked, _, seen = press.do(notice.preview, "INC-1", draft)
    press.tell()

    with pytest.raises(ConflictError, match="since you looked"):
        press.do(notice.publish, "INC-1", draft, seen=seen)
    _, made, _ = press.do(notice.publish, "INC-1", draft, seen=seen + 1)

    assert (looked.number, made.number) == (1, 2)
    assert looked.text == made.text
