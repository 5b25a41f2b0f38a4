"""What cannot be in a schedule, an override or a calendar is named with its remedy."""

import pytest
from tests.configured import checked

PEOPLE = "user: [{name: ana}, {name: ben}]\n"
TURNS = (
    "{every: 1 day, handoff: '09:00', starts_on: 2026-01-05, participants: [ana, ben]}"
)
LAYERED = "schedule: {name: s, time_zone: Europe/Berlin, layers: [%s]}\n"
PLAIN = f"schedule: {{name: s, time_zone: Europe/Berlin, rotation: {TURNS}}}\n"
ROTATION = "schedule: {name: s, time_zone: UTC, rotation: %s}\n"


def layer(rest: str = "", *, rotation: str = TURNS, name: str = "one") -> str:
    comma = ", " if rest else ""
    return f"{{name: {name}, rotation: {rotation}{comma}{rest}}}"


def turns(**changes: str) -> str:
    fields = {
        "every": "1 day",
        "handoff": "'09:00'",
        "starts_on": "2026-01-05",
        "participants": "[ana, ben]",
        **changes,
    }
    return "{" + ", ".join(f"{name}: {value}" for name, value in fields.items()) + "}"


COMPLAINTS = [
    (
        LAYERED % layer("combine: join"),
        "schedule s.layers[0].combine",
        "no layer above it to join",
        "write the layer below the one it joins",
    ),
    (
        LAYERED % f"{layer('role: shadow')}, {layer('combine: join', name='two')}",
        "schedule s.layers[1].combine",
        "no layer above it to join",
        "write the layer below the one it joins",
    ),
    (
        LAYERED % layer("turns: only_active"),
        "schedule s.layers[0].turns",
        "means nothing without active hours",
        "write active",
    ),
    (
        LAYERED
        % layer(
            "turns: only_active, active: {from: '09:00', to: '17:00'}",
            rotation=turns(time_zone="UTC"),
        ),
        "schedule s.layers[0].rotation.time_zone",
        "does not go with turns: only_active",
        "time_zone of the layer",
    ),
    (
        LAYERED
        % layer(
            "turns: only_active, active: {from: '09:00', to: '17:00'}",
            rotation=turns(every="1 year", lasts="7d"),
        ),
        "schedule s.layers[0].rotation.lasts",
        "does not go with turns: only_active",
        "remove one of the two",
    ),
    (
        ROTATION % turns(lasts="0s"),
        "schedule s.rotation.lasts",
        "not between 1m and",
        "",
    ),
    (
        ROTATION % turns(every="84 years"),
        "schedule s.rotation.every",
        "too long for a turn",
        "",
    ),
]


@pytest.mark.parametrize(("text", "field", "message", "remedy"), COMPLAINTS)
def test_a_mistake_is_named_with_its_field_and_remedy(
    text: str, field: str, message: str, remedy: str
) -> None:
    found = [one for one in checked(PEOPLE + text).problems if one.is_error]

    assert [one.field for one in found] == [field]
    assert message in found[0].message
    assert remedy in found[0].remedy
    assert found[0].place.line is not None
