"""Who is on call at an instant: per schedule, per level of a policy, or one person."""

from collections.abc import Mapping, Sequence
from typing import Any

import click

from handrail.cli.connection import path_part
from handrail.cli.failure import nothing_to_do
from handrail.cli.oncall_source import (
    Offline,
    config_options,
    files_of,
    offline,
    say_zone,
)
from handrail.cli.output import Output, command_options, dated, table
from handrail.cli.when import IN_ITS_ZONE

_HEADINGS = ("schedule", "who", "until", "then", "why")


@click.command(epilog=IN_ITS_ZONE)
@click.option("--at", metavar="TIME", help="By default now.")
@click.option("--schedule", metavar="NAME", multiple=True, help="Only this one.")
@click.option("--service", metavar="NAME", help="Whom its page would tell, by level.")
@click.option("--policy", metavar="NAME", help="Whom it would tell, by level.")
@click.option("--user", metavar="NAME", help="What this person has, now and next.")
@config_options
@command_options
def who(  # noqa: PLR0913  (one option each)
    output: Output,
    *,
    at: str | None,
    schedule: tuple[str, ...],
    service: str | None,
    policy: str | None,
    user: str | None,
    config: tuple[str, ...],
    more: tuple[str, ...],
) -> None:
    """Say who is on call, until when, and who is next; with --config from files."""
    if sum(bool(x) for x in (schedule, service, policy, user)) > 1:
        msg = "ask about one of --schedule, --service, --policy and --user at a time"
        raise click.UsageError(msg)
    files = files_of(config, [name for name in more if name != "now"])
    if service or policy:
        answer = _policy(output, files, at=at, service=service, policy=policy)
        output.data(answer, _levels(answer))
    elif user:
        answer = _person(output, files, at=at, user=user)
        output.data(answer, _shifts(answer))
    else:
        answer = _schedules(output, files, at=at, names=schedule)
        output.data(answer, _duties(answer))
    say_zone(output, answer, at)


def _schedules(
    output: Output, files: Sequence[str], *, at: str | None, names: tuple[str, ...]
) -> Any:  # noqa: ANN401 - JSON
    def ask(source: Offline) -> object:
        from handrail.api.oncall_view import duty_list
        from handrail.usecases.oncall import instant_asked, schedules_asked

        found = schedules_asked(source.directory.schedules, names)
        instant = instant_asked(at, schedules=found, now=source.now)
        return duty_list(
            found,
            instant,
            snapshot=source.directory.snapshot,
            tzdata=source.tzdata,
        )

    if files:
        answer = offline(files, ask)
    else:
        answer = output.connect().get("/oncall", at=at, schedule=list(names) or None)
    if not answer["items"]:
        msg = "there is no schedule"
        step = "apply some: handrail config apply FILE (examples/handrail.yaml has two)"
        raise nothing_to_do(msg, next_step=step)
    return answer


def _policy(
    output: Output,
    files: Sequence[str],
    *,
    at: str | None,
    service: str | None,
    policy: str | None,
) -> Any:  # noqa: ANN401 - JSON
    def ask(source: Offline) -> object:
        from handrail.api.oncall_view import policy_duty
        from handrail.usecases.oncall import instant_asked, policy_asked

        there = source.directory
        instant = instant_asked(at, schedules=there.schedules.values(), now=source.now)
        found, of = policy_asked(there.snapshot, service=service, policy=policy)
        return policy_duty(found, there, instant, service=of, tzdata=source.tzdata)

    if files:
        return offline(files, ask)
    kind, name = ("services", service) if service else ("policies", policy)
    return output.connect().get(f"/oncall/{kind}/{path_part(name or '')}", at=at)


def _person(output: Output, files: Sequence[str], *, at: str | None, user: str) -> Any:  # noqa: ANN401 - JSON
    def ask(source: Offline) -> object:
        from handrail.api.oncall_view import person_duty
        from handrail.usecases.oncall import instant_asked, user_asked

        there = source.directory
        found = there.schedules.values()
        instant = instant_asked(at, schedules=found, now=source.now)
        name = user_asked(there.snapshot, user)
        return person_duty(found, name, instant, tzdata=source.tzdata)

    if files:
        return offline(files, ask)
    return output.connect().get(f"/oncall/users/{path_part(user)}", at=at)


def _duties(answer: Mapping[str, Any]) -> str:
    rows = [
        (
            item["schedule"],
            _names(item),
            dated(item["until"]),
            ", ".join(item["next_users"]) or "nobody",
            item["why"],
        )
        for item in answer["items"]
    ]
    return table(_HEADINGS, rows)


_NOBODY: Mapping[str | None, str] = {
    "intended": "nobody (intended)",
    "off_hours": "nobody (outside of its hours)",
    "exposed": "NOBODY",
}


def _names(item: Mapping[str, Any]) -> str:
    shadows = ", ".join(item["shadows"])
    along = f" (shadow: {shadows})" if shadows else ""
    nobody = _NOBODY.get(item.get("gap"), "nobody")
    return (", ".join(item["users"]) or nobody) + along


def _levels(answer: Mapping[str, Any]) -> str:
    rows: list[tuple[object, ...]] = []
    for level in answer["levels"]:
        number, told = level["number"], level["reached"]
        rows += [(number, one["recipient"], one["target"], one["why"]) for one in told]
        rows += [(number, "nobody", target, "skipped") for target in level["empty"]]
    return table(("level", "who", "by", "why"), rows)


def _shifts(answer: Mapping[str, Any]) -> str:
    rows = [
        (word, item["schedule"], dated(item["starts_at"]), dated(item["ends_at"]))
        for word, items in (("now", answer["now"]), ("next", answer["next"]))
        for item in items
    ]
    return table(("", "schedule", "from", "until"), rows) or "no shift now or next"
