"""What a refusal of the server reads like on the command line."""

import pytest

from handrail.cli.connection import _with_fields


@pytest.mark.parametrize(
    ("message", "errors", "said"),
    [
        ("no such user", [], "no such user"),
        (
            "the period ends before it begins",
            [("from", "the period ends before it begins")],
            "from: the period ends before it begins",
        ),
        ('user: no user "zoe"', [("user", 'no user "zoe"')], 'user: no user "zoe"'),
        ("mend these", [("a", "b"), ("c", "d")], "mend these\n    a: b\n    c: d"),
    ],
)
def test_a_refusal_names_its_fields_and_says_nothing_twice(
    message: str, errors: list[tuple[str, str]], said: str
) -> None:
    told = [{"field": field, "message": wrong} for field, wrong in errors]

    assert _with_fields(message, told) == said
