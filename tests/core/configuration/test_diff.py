from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from handrail.core.configuration.diff import field_changes

BODIES = st.dictionaries(
    st.sampled_from("abc"),
    st.recursive(
        st.integers(0, 2) | st.sampled_from(["x", "y"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from("pq"), inner, max_size=2)
        ),
        max_leaves=6,
    ),
    max_size=3,
)


@given(BODIES)
def test_a_body_does_not_differ_from_itself(body: dict[str, Any]) -> None:
    assert list(field_changes(body, body)) == []


@given(BODIES, BODIES)
def test_bodies_that_differ_have_a_change_that_really_is_one(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    changes = list(field_changes(before, after))

    assert bool(changes) == (before != after)
    assert all(change.before != change.after for change in changes)


def test_changes_name_the_field_as_deep_as_the_shapes_agree() -> None:
    before: dict[str, Any] = {"rules": [{"notify": ["user:a"], "after": "5m"}]}
    after: dict[str, Any] = {
        "rules": [{"notify": ["user:b"], "after": "5m"}, {"notify": ["user:c"]}],
        "rounds": 2,
    }

    lines = [change.line() for change in field_changes(before, after)]

    assert lines == [
        'rules[0].notify: ["user:a"] → ["user:b"]',
        'rules[1]: (not set) → {"notify": ["user:c"]}',
        "rounds: (not set) → 2",
    ]
