"""Which changes an incident makes suspect."""

from datetime import UTC, datetime, timedelta

from handrail.core.change.change import Change, ChangeKind
from handrail.core.change.suspect import suspects
from handrail.core.ids import ChangeId, Slug

IMPACT = datetime(2026, 1, 14, 17, tzinfo=UTC)
CHECKOUT, CARTS, SEARCH = Slug("checkout"), Slug("carts"), Slug("search")


def _change(name: str, service: Slug | None, **before: float) -> Change:
    at = IMPACT - timedelta(**before)
    return Change(
        id=ChangeId(name),
        kind=ChangeKind.DEPLOY,
        title=name,
        service=service,
        version="",
        link="",
        changed_by="",
        source="token:ci",
        occurred_at=at,
        recorded_at=at,
    )


def test_the_nearest_come_first_and_of_those_the_newest() -> None:
    changes = [
        _change("unsaid", None, minutes=1),
        _change("old", CHECKOUT, hours=2, minutes=5),
        _change("dependency", CARTS, minutes=2),
        _change("new", CHECKOUT, minutes=12),
    ]

    found = suspects(changes, services=(CHECKOUT, CARTS), before=IMPACT)

    assert [s.change.title for s in found] == ["new", "old", "dependency", "unsaid"]
    assert [s.reason for s in found] == [
        "deploy 12 min before the impact, to the service itself",
        "deploy 2 h 05 min before the impact, to the service itself",
        "deploy 2 min before the impact, to what the service depends on",
        "deploy 1 min before the impact; the sender named no service",
    ]


def test_only_the_day_before_the_impact_counts() -> None:
    changes = [
        _change("just", CHECKOUT, hours=24),
        _change("too old", CHECKOUT, hours=24, seconds=1),
        _change("at once", CHECKOUT),
        _change("after", CHECKOUT, minutes=-1),
        _change("elsewhere", SEARCH, minutes=1),
    ]

    found = suspects(changes, services=(CHECKOUT,), before=IMPACT)

    assert [s.change.title for s in found] == ["at once", "just"]


def test_without_a_service_every_change_is_as_near() -> None:
    changes = [_change("a", CHECKOUT, minutes=5), _change("b", None, minutes=1)]

    found = suspects(changes, services=(), before=IMPACT)

    assert [s.change.title for s in found] == ["b", "a"]
