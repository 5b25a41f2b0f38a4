"""What must fit together within one document, beyond the shape of each field."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from handrail.core.configuration import scalar, schedule_consistency, spelling
from handrail.core.configuration.node import Json
from handrail.core.configuration.problem import did_you_mean
from handrail.core.configuration.reading import Reading
from handrail.core.configuration.shape import TextShape
from handrail.core.configuration.snapshot import TrackerKind
from handrail.core.configuration.spelling import quoted
from handrail.core.people.contact_method import ChannelKind
from handrail.core.service.coverage_intent import When

Body = dict[str, Json]

_DAY = timedelta(days=1)


def finish(kind: str, name: str, body: Body, reading: Reading) -> None:
    """Complete a body in place and note what does not fit together in it.

    Fields that were wrong are missing from the body; their absence is no new problem.
    """
    check = _CHECKS.get(kind)
    if check is not None:
        check(name, body, reading)


def _finish_user(_name: str, body: Body, reading: Reading) -> None:
    methods = _objects(body.get("contact_methods"))
    seen: set[str] = set()
    for place, method in methods:
        path = f"contact_methods[{place}]"
        name = str(method.get("name", ""))
        if name and name in seen:
            reading.complain(
                reading.place(f"{path}.name"),
                f"{path}.name",
                f"{quoted(name)} is the name of two contact methods",
                "rename one of them",
            )
        seen.add(name)
        _finish_address(method, path, reading)
    rules = body.get("notification_rules")
    for urgency, ladder in rules.items() if isinstance(rules, dict) else ():
        for place, rule in _objects(ladder):
            path = f"notification_rules.{urgency}[{place}].method"
            wanted = rule.get("method")
            if isinstance(wanted, str) and wanted not in seen:
                reading.complain(
                    reading.place(path),
                    path,
                    f"no contact method {quoted(wanted)}",
                    did_you_mean(wanted, seen) or "name one of contact_methods",
                )


def _finish_channel(_name: str, body: Body, reading: Reading) -> None:
    _finish_address(body, "", reading)


_ADDRESS_BY_KIND: Mapping[str, TextShape] = {
    ChannelKind.EMAIL: scalar.EMAIL,
    ChannelKind.WEBHOOK: scalar.URL,
}


def _finish_address(body: dict[str, Any], path: str, reading: Reading) -> None:
    dot = f"{path}." if path else ""
    kind, address = body.get("kind"), body.get("address")
    shape = _ADDRESS_BY_KIND.get(str(kind))
    if shape is not None and isinstance(address, str):
        try:
            body["address"] = shape.read(address)
        except ValueError as error:
            where = reading.place(f"{dot}address")
            reading.complain(where, f"{dot}address", str(error))
    elif shape is not None and f"{dot}address" not in reading.places:
        reading.complain(
            reading.place(path),
            f"{dot}address",
            f"is required for {kind} and missing",
            f"write it like {shape.example}",
        )
    if "secret" in body and kind not in {None, ChannelKind.WEBHOOK}:
        reading.complain(
            reading.place(f"{dot}secret"),
            f"{dot}secret",
            f"only a webhook has a secret, not {kind}",
            "remove it",
        )


def _finish_service(_name: str, body: Body, reading: Reading) -> None:
    _finish_windows(body.get("support_hours"), "support_hours", reading)
    _finish_intents(body.get("coverage"), "coverage", reading)


def _finish_team(_name: str, body: Body, reading: Reading) -> None:
    _finish_intents(body.get("coverage"), "coverage", reading)


def _finish_coverage(_name: str, body: Body, reading: Reading) -> None:
    _finish_intents(body.get("default"), "default", reading)


def _finish_windows(value: Json, path: str, reading: Reading) -> None:
    zones: dict[str, int] = {}
    for place, window in _objects(value):
        zones.setdefault(str(window.get("time_zone", "")), place)
    zones.pop("", None)
    for zone, place in list(zones.items())[1:]:
        where = f"{path}[{place}].time_zone"
        reading.complain(
            reading.place(where),
            where,
            f"{zone} differs from {next(iter(zones))} above",
            "write all windows of a list in one zone",
        )


def _finish_intents(value: Json, path: str, reading: Reading) -> None:
    """Note intents that say twice when they hold, or never beside something else."""
    intents = _objects(value)
    is_single = any(written.startswith(f"{path}.") for written in reading.places)
    for place, intent in intents:
        where = path if is_single else f"{path}[{place}]"
        _finish_windows(intent.get("windows"), f"{where}.windows", reading)
        said = f"{where}.when"
        if "windows" in intent and (said in reading.places or "when" in intent):
            reading.complain(
                reading.place(said),
                said,
                "does not go with windows",
                "write one of the two",
            )
        if intent.get("when") == When.NEVER and len(intents) > 1:
            reading.complain(
                reading.place(said),
                said,
                "never stands beside other intents",
                "remove it, or the others",
            )


def _finish_mitigation(_name: str, body: Body, reading: Reading) -> None:
    written = [name for name in ("manual", "http") if name in reading.places]
    if len(written) != 1:
        many = "has both manual and http" if written else "has neither manual nor http"
        reading.complain(
            reading.place(""), "", many, "say how it is done, in one of the two"
        )
    call = body.get("http")
    if not isinstance(call, dict):
        return
    is_confirmed = "confirm" in reading.places or "environment" in body
    if not is_confirmed:
        reading.complain(
            reading.place(""),
            "confirm",
            "is required for a call in production and missing",
            "write the target's name, which the person types to run it",
        )
    for place, header in _objects(call.get("headers")):
        path = f"http.headers[{place}]"
        if ("value" in header) == ("secret" in header) and "name" in header:
            reading.complain(
                reading.place(path), path, "needs a value or a secret, one of the two"
            )


def _finish_tracker(_name: str, body: Body, reading: Reading) -> None:
    kind = body.get("kind")
    is_given = "url" in body or "url" in reading.places
    if kind == TrackerKind.WEBHOOK and not is_given:
        reading.complain(
            reading.place(""),
            "url",
            "is required for webhook and missing",
            f"write it like {scalar.URL.example}",
        )
    for field in ("url", "secret"):
        if kind == TrackerKind.NONE and field in body:
            reading.complain(
                reading.place(field), field, "only a webhook has one", "remove it"
            )


def _finish_rest(_name: str, body: Body, reading: Reading) -> None:
    items = [("", body)]
    items += [(f"exceptions[{i}].", x) for i, x in _objects(body.get("exceptions"))]
    for dot, item in items:
        per = item.get("per")
        if isinstance(per, str) and spelling.parse_duration(per) % _DAY:
            reading.complain(
                reading.place(f"{dot}per"), f"{dot}per", "is no whole number of days"
            )
    for dot, item in items[1:]:
        if "teams" not in item and "schedules" not in item:
            path = dot.removesuffix(".")
            reading.complain(
                reading.place(path), path, "is for nobody", "add teams or schedules"
            )


def _objects(value: Json) -> list[tuple[int, dict[str, Any]]]:
    """Return the mappings of a list with their position."""
    items = value if isinstance(value, list) else []
    return [(i, item) for i, item in enumerate(items) if isinstance(item, dict)]


_CHECKS: Mapping[str, Callable[[str, Body, Reading], None]] = {
    "user": _finish_user,
    "channel": _finish_channel,
    "service": _finish_service,
    "team": _finish_team,
    "coverage": _finish_coverage,
    "schedule": schedule_consistency.finish_schedule,
    "override": schedule_consistency.finish_override,
    "calendar": schedule_consistency.finish_calendar,
    "mitigation": _finish_mitigation,
    "tracker": _finish_tracker,
    "rest_rules": _finish_rest,
}
