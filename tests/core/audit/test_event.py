"""The chain names the first event that was tampered with."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.core.audit.event import (
    StoredEvent,
    broken_link,
    chain_value,
    payload_digest,
)

BEGUN = datetime(2026, 7, 7, 12, tzinfo=UTC)
LENGTH = 5


def chain(length: int = LENGTH, stream: str = "page:1") -> list[StoredEvent]:
    events: list[StoredEvent] = []
    for sequence in range(1, length + 1):
        at = BEGUN + timedelta(seconds=sequence)
        payload, salt = f'{{"n":{sequence}}}', f"salt-{sequence}"
        draft = StoredEvent(
            stream=stream,
            sequence=sequence,
            kind="level_notified",
            occurred_at=at,
            recorded_at=at,
            actor="engine",
            payload=payload,
            salt=salt,
            schema_version=1,
            digest=payload_digest(salt=salt, payload=payload),
            chain="",
        )
        previous = events[-1].chain if events else ""
        events.append(replace(draft, chain=chain_value(previous, draft)))
    return events


def test_an_honest_chain_verifies() -> None:
    assert broken_link(chain()) is None
    assert broken_link([]) is None


@pytest.mark.parametrize(
    "change",
    [
        {"payload": '{"n":99}'},
        {"salt": "other"},
        {"kind": "page_resolved"},
        {"actor": "user:mallory"},
        {"occurred_at": BEGUN},
        {"recorded_at": BEGUN},
        {"stream": "page:2"},
        {"schema_version": 2},
        {"digest": "0" * 64},
        {"chain": "0" * 64},
        {"sequence": 9},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_field_is_named(change: dict[str, object]) -> None:
    events = chain()
    events[2] = replace(events[2], **change)  # type: ignore[arg-type]  # any one field

    assert broken_link(events) == events[2].sequence


@given(st.integers(0, LENGTH - 1), st.integers(0, 255), st.integers(1, 255))
def test_a_flipped_character_of_a_payload_is_named(
    place: int, where: int, flip: int
) -> None:
    events = chain()
    payload = events[place].payload
    at = where % len(payload)
    flipped = payload[:at] + chr(ord(payload[at]) ^ flip) + payload[at + 1 :]
    events[place] = replace(events[place], payload=flipped)

    assert broken_link(events) == place + 1


@given(st.integers(0, LENGTH - 2))
def test_a_deleted_event_shows_at_the_one_after_it(place: int) -> None:
    events = chain()
    del events[place]

    assert broken_link(events) == place + 2


@given(st.integers(0, LENGTH - 2))
def test_reordered_events_show_at_the_first_out_of_place(place: int) -> None:
    events = chain()
    events[place], events[place + 1] = events[place + 1], events[place]

    assert broken_link(events) == place + 2


@given(st.integers(0, LENGTH))
def test_an_inserted_event_is_named(place: int) -> None:
    events = chain()
    foreign = replace(chain(stream="page:2")[0], stream="page:1", sequence=place + 1)
    events.insert(place, foreign)

    assert broken_link(events) == place + 1


def test_a_rewritten_event_shows_at_the_one_after_it() -> None:
    events = chain()
    forged = replace(
        events[2], payload="{}", digest=payload_digest(salt="salt-3", payload="{}")
    )
    events[2] = replace(forged, chain=chain_value(events[1].chain, forged))

    assert broken_link(events) == 4


def test_a_cut_off_end_verifies_alone_but_not_against_a_remembered_head() -> None:
    events = chain()
    head = events[-1].chain

    shorter = events[:-1]

    assert broken_link(shorter) is None
    assert shorter[-1].chain != head


def test_a_cut_off_beginning_is_named() -> None:
    assert broken_link(chain()[1:]) == 2


def test_a_redacted_payload_still_verifies() -> None:
    events = chain()
    events[1] = replace(events[1], payload="", salt="")

    assert broken_link(events) is None


def test_a_digest_depends_on_the_salt() -> None:
    one = payload_digest(salt="a", payload="{}")

    assert one != payload_digest(salt="b", payload="{}")
