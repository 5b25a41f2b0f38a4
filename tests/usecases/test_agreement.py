"""Any sequence of acts by several people: who is on call changes by consent alone."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from tests.rota import ANA, BEN, CLEO, DAN, LEA, MONDAY, ROTA, Rota

from handrail.core.cover.agreement import AgreementState
from handrail.core.cover.cover_request import CoverRequest
from handrail.core.cover.span_text import SpanText
from handrail.core.cover.swap import Swap
from handrail.core.errors import DomainError
from handrail.core.ids import Slug
from handrail.core.schedule.resolve import resolve
from handrail.usecases import agreement
from handrail.usecases import cover as covers
from handrail.usecases import swap as swaps
from handrail.usecases.cover_plea import Plea

PEOPLE = (ANA, BEN, CLEO, DAN, LEA)
ROTAS = tuple(map(Slug, ("web", "db")))
END = MONDAY + timedelta(weeks=4)
SHORT = ROTA.replace("every: 1 week", "every: 2 days")
HOUR = timedelta(hours=1)

BEGIN: "tuple[Act, ...]" = (
    ("ask", ANA, ROTAS[0], 3, 9),
    ("ask", DAN, ROTAS[1], 2, 9),
    ("propose", BEN, ROTAS[0], 0, 1),
    ("propose", ANA, ROTAS[0], 1, 1),
)
"""Something to answer, in every example."""

Plan = dict[Slug, list[frozenset[Slug]]]
"""By schedule, who is on call in each hour."""
Act = tuple[str, Slug, Slug, int, int]

WEIGHTS = {
    "ask": 2, "accept": 3, "propose": 2, "consent": 4, "decline": 1, "withdraw": 1,
    "refuse": 1, "retract": 1, "wait": 1,
}  # fmt: skip
VERBS = tuple(verb for verb, weight in WEIGHTS.items() for _ in range(weight))
acts = st.tuples(
    st.sampled_from(VERBS),
    st.sampled_from(PEOPLE),
    st.sampled_from(ROTAS),
    st.integers(0, 5),
    st.integers(1, 30),
)


def plan(rota: Rota) -> Plan:
    found: Plan = {}
    for name, schedule in rota.snapshot.schedules.items():
        tiles = resolve(schedule, MONDAY, END)
        assert (tiles[0].starts_at, tiles[-1].ends_at) == (MONDAY, END)
        assert all(a.ends_at == b.starts_at for a, b in pairwise(tiles))
        found[name] = [
            frozenset(tile.users)
            for tile in tiles
            for _ in range((tile.ends_at - tile.starts_at) // HOUR)
        ]
    return found


def hours(starts_at: datetime, ends_at: datetime) -> range:
    return range((starts_at - MONDAY) // HOUR, (ends_at - MONDAY) // HOUR)


def own_shift(rota: Rota, user: Slug, schedule: Slug, nth: int, length: int) -> Any:
    """Return a stretch of one of the person's coming shifts, in whole hours."""
    row = plan(rota)[schedule]
    begun = (rota.now - MONDAY) // HOUR
    own = [hour for hour in range(begun, len(row)) if user in row[hour]]
    if not own:
        return None
    first = own[(nth * 13) % len(own)]
    last = first
    while last < min(first + length, len(row)) and user in row[last]:
        last += 1
    spelled = [(MONDAY + n * HOUR).strftime("%Y-%m-%dT%H:%MZ") for n in (first, last)]
    return SpanText(starts=spelled[0], ends=spelled[1])


def perform(rota: Rota, act: Act) -> CoverRequest | Swap | None:
    """Do it; return what was agreed upon by that, if anything."""
    what, user, schedule, nth, length = act
    verbs: dict[str, Callable[..., Any]] = {
        "accept": agreement.accept,
        "decline": agreement.decline,
        "withdraw": agreement.withdraw,
        "consent": agreement.accept,
        "refuse": agreement.decline,
        "retract": agreement.withdraw,
    }
    if what == "wait":
        rota.pass_time(hours=length)
        rota.store.run(lambda tx: agreement.expire_due(tx, ids=rota.ids, limit=50))
    elif what == "ask":
        text = own_shift(rota, user, schedule, nth, length)
        if text is not None:
            rota.do(covers.ask, Plea(schedule=schedule, span=text), by=user)
    elif what == "propose":
        found = rota.look(lambda tx: swaps.find_swaps(tx, user, schedule, at=None))
        options = found.result.options
        if options:
            chosen = options[(nth * 7) % len(options)]
            rota.do(swaps.propose, chosen.legs, by=user)
    else:
        before = _standing(rota)
        is_cover = what in {"accept", "decline", "withdraw"}
        name, somebody = chosen_of(rota, nth, is_cover=is_cover)
        by = user if length % 4 == 0 else somebody
        done = rota.do(verbs[what], CoverRequest if is_cover else Swap, name, by=by)
        if done.is_agreed:
            assert before[type(done), done.number] is AgreementState.OPEN
            agreed: CoverRequest | Swap = done
            return agreed
    return None


def chosen_of(rota: Rota, nth: int, *, is_cover: bool) -> tuple[str, Slug]:
    """Return a request or swap, and one of those who can answer it."""
    if is_cover:
        requests = rota.look(
            lambda tx: tx.agreement.newest(CoverRequest, open_only=False, limit=99)
        )
        if requests:
            request = requests[nth % len(requests)]
            return request.name, request.asked[nth % len(request.asked)]
        return "1", ANA
    found = rota.look(lambda tx: tx.agreement.newest(Swap, open_only=False, limit=99))
    if found:
        one = found[nth % len(found)]
        return one.name, (one.awaits or one.people)[0]
    return "1", ANA


def _standing(rota: Rota) -> dict[Any, Any]:
    found: list[Any] = rota.look(
        lambda tx: [
            *tx.agreement.newest(CoverRequest, open_only=False, limit=100),
            *tx.agreement.newest(Swap, open_only=False, limit=100),
        ]
    )
    return {(type(one), one.number): one.state for one in found}


def expected(before: Plan, agreed: CoverRequest | Swap) -> Plan:
    """Return the plan as those concerned consented to it."""
    after = {name: list(row) for name, row in before.items()}
    for leg in agreed.moves:
        assert leg.takes != leg.gives
        for hour in hours(leg.starts_at, leg.ends_at):
            if hour < len(after[leg.schedule]):
                row = after[leg.schedule]
                assert leg.gives in before[leg.schedule][hour]
                row[hour] = row[hour] - {leg.gives} | {leg.takes}
    return after


def doubled(rows: Plan) -> set[tuple[Slug, int]]:
    return {
        (user, hour)
        for hour in range(len(rows[ROTAS[0]]))
        for user in rows[ROTAS[0]][hour] & rows[ROTAS[1]][hour]
    }


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(acts, min_size=5, max_size=25))
def test_who_is_on_call_changes_only_by_what_all_concerned_agreed_upon(
    some: list[Act],
) -> None:
    rota = Rota(text=SHORT)
    already = doubled(plan(rota))

    for act in (*BEGIN, *some):
        before, settled = plan(rota), None
        with suppress(DomainError):
            settled = perform(rota, act)
        after = plan(rota)

        if settled is None:
            assert after == before
        else:
            event(f"agreed: {type(settled).__name__}")
            assert after == expected(before, settled)
            assert doubled(after) <= doubled(before) | already
    events = rota.look(lambda tx: [tx.event.read(s) for s in tx.event.streams("cover")])
    for stream in events:
        kinds = [one.kind for one in stream]
        assert kinds.count("cover_accepted") <= 1
        assert kinds.count("cover_accepted") + kinds.count("cover_expired") <= 1
