"""Whatever the data, reading gives drafts and problems, and never raises."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.configured import SOURCE_KINDS

from handrail.core.configuration.compile import compile_snapshot
from handrail.core.configuration.definition import definitions
from handrail.core.configuration.kind.definition import KindDefinition
from handrail.core.configuration.node import Json, Place, plain_node
from handrail.core.configuration.reference import cross_problems
from handrail.core.configuration.shape import (
    ChoiceShape,
    ListShape,
    ObjectShape,
    Shape,
    TextShape,
    TruthShape,
    WholeShape,
)
from handrail.core.configuration.wire import read_drafts
from handrail.core.instants import EPOCH

KINDS = definitions(SOURCE_KINDS)
HERE = Place(file="f", line=1)
WORDS = st.sampled_from(
    [
        "ana",
        "user:ana",
        "schedule:s",
        "5m",
        "0s",
        "1 week",
        "09:00",
        "2026-01-05",
        "2026-12-24 09:00",
        "2026-12-25T09:00:00Z",
        "Europe/Berlin",
        "UTC",
        "nobody",
        "a@b.org",
        "https://x.org",
        "env:X",
        "a=b",
        "a=~b",
        "a=~(",
        "24:00",
        "",
        "~",
    ]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | WORDS
)
PLAIN: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*KINDS, "name", "users"]), inner, max_size=3)
    ),
    max_leaves=12,
)


def near(shape: Shape) -> st.SearchStrategy[Any]:
    """Return data that mostly has the shape, so that deep rules are reached."""
    match shape:
        case TextShape():
            return WORDS | PLAIN
        case ChoiceShape():
            return st.sampled_from(shape.words) | WORDS
        case TruthShape():
            return st.booleans()
        case WholeShape():
            return st.integers(shape.minimum - 1, shape.maximum + 1)
        case ListShape():
            return st.lists(near(shape.item), max_size=3) | near(shape.item)
        case ObjectShape():
            fields = {field.name: near(field.shape) for field in shape.fields}
            return st.fixed_dictionaries({}, optional=fields) | PLAIN


def named(kind: KindDefinition) -> st.SearchStrategy[Any]:
    """Return one or several documents of a kind, mostly with names."""
    bodies = near(kind.shape)
    if kind.is_singleton:
        return st.tuples(st.just(kind.kind), bodies)
    pairs = st.tuples(WORDS, bodies).map(_with_name)
    return st.tuples(st.just(kind.kind), st.lists(pairs, max_size=2))


def _with_name(pair: tuple[str, Json]) -> Json:
    name, body = pair
    return {**body, "name": name} if isinstance(body, dict) else body


DOCUMENTS = st.lists(
    st.one_of([named(kind) for kind in KINDS.values()]), max_size=3
).map(dict)


def judge(data: Json) -> None:
    found = read_drafts([plain_node(data, HERE)], KINDS)
    problems = [*found.problems, *cross_problems(found.drafts, others=())]

    if any(problem.is_error for problem in problems):
        return
    documents = [
        draft.document(version=1, order=draft.rank, revision=1, effective_from=EPOCH)
        for draft in found.drafts
    ]
    snapshot = compile_snapshot(documents, revision=1)
    assert len(snapshot.users) == sum(d.kind == "user" for d in documents)


@given(PLAIN)
def test_any_plain_data_gives_problems_at_worst(data: Json) -> None:
    judge(data)


@given(DOCUMENTS)
def test_nearly_right_data_gives_problems_or_compiles(data: Json) -> None:
    judge(data)
