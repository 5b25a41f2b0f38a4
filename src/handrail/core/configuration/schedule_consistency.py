"""What must fit together within a schedule, an override or a calendar."""

from collections.abc import Iterator
from typing import Any

from handrail.core.configuration import spelling
from handrail.core.configuration.node import Json
from handrail.core.configuration.reading import Reading
from handrail.core.configuration.spelling import quoted
from handrail.core.schedule.schedule import RotationUnit

Body = dict[str, Json]

ENDS_TOO_EARLY = ("is not after from", "let it end after it begins")
"""Message and remedy; also used where a zone had to be known to tell."""


def finish_schedule(_name: str, body: Body, reading: Reading) -> None:
    """Note what does not fit together in a schedule and its edits."""
    zone = str(body.get("time_zone", ""))
    _finish_plan("", body, reading, zone=zone)
    seen: set[str] = set()
    for place, edit in _objects(body.get("edits")):
        path = f"edits[{place}]"
        _finish_plan(path, edit, reading, zone=zone)
        begins = str(edit.get("effective_from", ""))
        if begins and begins in seen:
            where = f"{path}.effective_from"
            reading.complain(
                reading.place(where),
                where,
                f"{begins} is the beginning of two edits",
                "remove one of them",
            )
        seen.add(begins)


def finish_override(_name: str, body: Body, reading: Reading) -> None:
    """Note an override that ends before it begins, or relieves whom it cannot."""
    _compare(body, "", reading, first="from", last="until")
    if "instead_of" in body and body.get("mode", "replace") != "replace":
        reading.complain(
            reading.place("instead_of"),
            "instead_of",
            f"does not go with mode {body['mode']}",
            "remove it, or write mode: replace",
        )
    if "instead_of" in body and body["instead_of"] == body.get("user"):
        reading.complain(
            reading.place("instead_of"),
            "instead_of",
            f"{quoted(str(body['user']))} cannot stand in for themselves",
            "name whom the user relieves",
        )


def finish_calendar(_name: str, body: Body, reading: Reading) -> None:
    """Note entries that are neither a day nor a stretch of time, or two lists."""
    if "ics" in reading.places and "closed" in reading.places:
        reading.complain(
            reading.place("closed"), "closed", "does not go with ics", "remove one"
        )
    for place, item in _objects(body.get("closed")):
        path = f"closed[{place}]"
        is_day = f"{path}.day" in reading.places
        edges = {e for e in ("from", "until") if f"{path}.{e}" in reading.places}
        if is_day == bool(edges) or len(edges) == 1:
            reading.complain(
                reading.place(path), path, "needs a day, or from and until"
            )
        _compare(item, path, reading, first="from", last="until")


def _finish_plan(
    path: str, body: dict[str, Any], reading: Reading, *, zone: str
) -> None:
    """Check the rotation or layers of a schedule or of an edit."""
    dot = f"{path}." if path else ""
    written = [n for n in ("rotation", "layers") if f"{dot}{n}" in reading.places]
    if len(written) != 1:
        has = "both rotation and layers" if written else "neither rotation nor layers"
        reading.complain(
            reading.place(path), path, f"has {has}", "write one of the two"
        )
    if isinstance(body.get("rotation"), dict):
        _finish_rotation(f"{dot}rotation", body["rotation"], reading)
    names: set[str] = set()
    has_duty = False
    for place, layer in _objects(body.get("layers")):
        where = f"{dot}layers[{place}]"
        name = str(layer.get("name", ""))
        if name and name in names:
            reading.complain(
                reading.place(f"{where}.name"),
                f"{where}.name",
                f"{quoted(name)} is the name of two layers",
                "rename one of them",
            )
        names.add(name)
        if layer.get("combine") == "join" and not has_duty:
            reading.complain(
                reading.place(f"{where}.combine"),
                f"{where}.combine",
                "there is no layer above it to join",
                "remove it, or write the layer below the one it joins",
            )
        has_duty = has_duty or layer.get("role") != "shadow"
        _finish_layer(where, layer, reading, zone=str(layer.get("time_zone", zone)))


def _finish_layer(
    path: str, layer: dict[str, Any], reading: Reading, *, zone: str
) -> None:
    kinds = ("rotation", "shifts", "ics")
    written = [n for n in kinds if f"{path}.{n}" in reading.places]
    if len(written) != 1:
        has = f"both {' and '.join(written)}" if written else "no turns"
        remedy = "write one of rotation, shifts and ics"
        reading.complain(reading.place(path), path, f"has {has}", remedy)
    if "names" in layer and "ics" not in written:
        where = f"{path}.names"
        reading.complain(reading.place(where), where, "goes with ics only", "remove it")
    if isinstance(layer.get("rotation"), dict):
        _finish_rotation(f"{path}.rotation", layer["rotation"], reading)
    if layer.get("turns") == "only_active":
        _finish_only_active(path, layer, reading)
    for place, window in _objects(layer.get("active")):
        _finish_window(f"{path}.active[{place}]", window, reading)
    for place, shift in _objects(layer.get("shifts")):
        where = f"{path}.shifts[{place}]"
        _compare(shift, where, reading, first="from", last="until", zone=zone)
    _compare(layer, path, reading, first="starts_at", last="ends_at", zone=zone)


def _finish_only_active(path: str, layer: dict[str, Any], reading: Reading) -> None:
    """Check that it can be told which turns lie outside the active hours."""
    if f"{path}.active" not in reading.places:
        reading.complain(
            reading.place(f"{path}.turns"),
            f"{path}.turns",
            "only_active means nothing without active hours",
            "write active, or remove it",
        )
    rotation = layer.get("rotation")
    if not isinstance(rotation, dict):
        return
    if "time_zone" in rotation:
        where = f"{path}.rotation.time_zone"
        reading.complain(
            reading.place(where),
            where,
            "does not go with turns: only_active, which counts turns and hours on one "
            "wall clock",
            "write the time_zone of the layer instead",
        )
    units = {spelling.parse_every(text)[1] for text in _texts(rotation.get("every"))}
    if "lasts" in rotation and RotationUnit.MONTH in units:
        where = f"{path}.rotation.lasts"
        reading.complain(
            reading.place(where),
            where,
            "does not go with turns: only_active where turns are months",
            "remove one of the two",
        )


def _finish_rotation(path: str, rotation: dict[str, Any], reading: Reading) -> None:
    every = rotation.get("every")
    units = {spelling.parse_every(text)[1] for text in _texts(every)}
    if len(units) > 1:
        reading.complain(
            reading.place(f"{path}.every"),
            f"{path}.every",
            f"mixes {' and '.join(sorted(units))}s",
            "write all lengths in one unit, such as 7 days for 1 week",
        )


def _finish_window(path: str, window: dict[str, Any], reading: Reading) -> None:
    edges = [window.get(name) for name in ("from", "to")]
    if not all(isinstance(edge, str) for edge in edges):
        return
    named = [spelling.parse_week_time(str(edge))[0] is not None for edge in edges]
    if named[0] != named[1]:
        reading.complain(
            reading.place(path),
            path,
            "has a weekday at one end only",
            "write both like fri 18:00 and mon 08:00, or none",
        )
    elif named[0] and "days" in window:
        reading.complain(
            reading.place(f"{path}.days"),
            f"{path}.days",
            "does not go with weekdays in from and to",
            "remove one of the two",
        )


def _compare(
    item: dict[str, Any],
    path: str,
    reading: Reading,
    *,
    first: str,
    last: str,
    zone: str = "",
) -> None:
    """Complain of an end that is not after its beginning, where that can be told.

    Local times are compared with instants only where their zone is known.
    """
    texts = item.get(first), item.get(last)
    if not (isinstance(texts[0], str) and isinstance(texts[1], str)):
        return
    begins, ends = map(spelling.parse_moment, (texts[0], texts[1]))
    if (begins.tzinfo is None) != (ends.tzinfo is None):
        try:
            begins, ends = (spelling.moment_in(zone, text) for text in map(str, texts))
        except ValueError:
            return
    if ends <= begins:
        where = f"{path}.{last}" if path else last
        reading.complain(
            reading.place(where), where, f"is not after {first}", ENDS_TOO_EARLY[1]
        )


def _texts(value: Json) -> Iterator[str]:
    items = value if isinstance(value, list) else [value]
    yield from (item for item in items if isinstance(item, str))


def _objects(value: Json) -> list[tuple[int, dict[str, Any]]]:
    """Return the mappings of a list with their position."""
    items = value if isinstance(value, list) else []
    return [(i, item) for i, item in enumerate(items) if isinstance(item, dict)]
