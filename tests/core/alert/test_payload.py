import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.core import limits
from handrail.core.alert.payload import (
    instant_of,
    is_deeper_than,
    read_json,
    text_map,
    text_of,
    unread_instants,
)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": 1}', {"a": 1}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        ('{"a": "é"}'.encode("utf-16"), {"a": "é"}),
        (b'{"a": "\xff"}', {"a": "\N{REPLACEMENT CHARACTER}"}),
        (b'{"a": "line\nbreak"}', {"a": "line\nbreak"}),
        (b'{"a": "\\ud800"}', {"a": "\ud800"}),
    ],
)
def test_what_is_nearly_json_is_read(body: bytes, value: object) -> None:
    assert read_json(body) == value


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"{", "is not JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[" * 65 + b"]" * 65, "nested deeper than 64"),
        (b"1" * 5000, "a number that is too long"),
    ],
)
def test_what_is_not_json_is_refused_with_the_reason(body: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_json(body)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        said = text_of(read_json(body))
    except ValueError as error:
        said = str(error)

    assert said == said.encode().decode()


def test_depth_counts_levels_of_objects_and_lists() -> None:
    assert not is_deeper_than({"a": [1]}, 2)
    assert is_deeper_than({"a": [1]}, 1)
    assert not is_deeper_than("scalar", 0)
    assert limits.JSON_DEPTH_MAX == 64


def test_values_become_text_that_can_be_stored() -> None:
    assert text_of(None) == ""
    assert text_of("a\x00b") == "a\N{REPLACEMENT CHARACTER}b"
    assert text_of({"a": [1, True]}) == '{"a": [1, true]}'
    assert text_map({"n": 1, "x": None}) == {"n": "1", "x": ""}
    assert text_map(["no", "object"]) == {}


@pytest.mark.parametrize(
    ("spelled", "micros"),
    [
        ("2026-03-02T12:00:00Z", 0),
        ("2026-03-02T12:00:00.123456789Z", 123456),
        ("2026-03-02T13:00:00.5+0100", 500000),
        ("2026-03-02T07:30:00-04:30", 0),
    ],
)
def test_instants_are_read_with_nanoseconds_and_any_offset(
    spelled: str, micros: int
) -> None:
    instant = instant_of(spelled)

    assert instant is not None
    assert (instant.hour, instant.microsecond) == (12, micros)


@pytest.mark.parametrize(
    "odd",
    ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+05:00", "", "soon", 7, None],
)
def test_zero_time_and_nonsense_are_no_instant(odd: object) -> None:
    assert instant_of(odd) is None


def test_what_is_no_instant_is_kept_as_text_but_zero_time_is_silence() -> None:
    members = {"startsAt": "yesterday", "endsAt": "0001-01-01T00:00:00Z", "at": 5}

    assert unread_instants(members, "startsAt", "endsAt", "at", "missing") == {
        "unread:startsAt": "yesterday",
        "unread:at": "5",
    }
