"""Shifts in a window, and the gaps between them."""

from collections.abc import Mapping
from typing import Any

import click

from handrail.cli.oncall_source import (
    Offline,
    config_options,
    files_of,
    offline,
    say_zone,
)
from handrail.cli.output import Output, command_options, dated, table
from handrail.cli.when import IN_ITS_ZONE

_HEADINGS = ("schedule", "who", "from", "until", "by")


@click.command(epilog=IN_ITS_ZONE)
@click.option("--from", "start", metavar="TIME", help="Inclusive; by default now.")
@click.option("--until", "end", metavar="TIME", help="Exclusive; else 4 weeks later.")
@click.option("--to", "end", hidden=True)
@click.option("--schedule", metavar="NAME", multiple=True, help="Only this one.")
@click.option("--user", metavar="NAME", help="Only this person's, without gaps.")
@config_options
@command_options
def shifts(  # noqa: PLR0913  (one option each)
    output: Output,
    *,
    start: str | None,
    end: str | None,
    schedule: tuple[str, ...],
    user: str | None,
    config: tuple[str, ...],
    more: tuple[str, ...],
) -> None:
    """List shifts and gaps in a window, cut at both ends; with --config from files.

    What is between the shifts of a schedule is listed as nobody's, intended or not.
    """

    def ask(source: Offline) -> object:
        from handrail.api.oncall_view import shift_list
        from handrail.usecases.oncall import schedules_asked, user_asked, window_asked

        there = source.directory
        found = schedules_asked(there.schedules, schedule)
        window = window_asked(start, end, schedules=found, now=source.now)
        name = None if user is None else user_asked(there.snapshot, user)
        return shift_list(found, *window, user=name, tzdata=source.tzdata)

    if files := files_of(config, more):
        answer = offline(files, ask)
    else:
        answer = output.connect().get(
            "/oncall/shifts",
            **{"from": start, "to": end, "user": user},
            schedule=list(schedule) or None,
        )
    rows = [
        (
            item["schedule"],
            _who(item),
            dated(item["starts_at"]),
            dated(item["ends_at"]),
            _by(item),
        )
        for item in answer["items"]
    ]
    output.data(answer, table(_HEADINGS, rows))
    if not rows:
        output.words("No shift in that time.")
    say_zone(output, answer, start, end)


def _who(item: Mapping[str, Any]) -> str:
    if item["user"] is None:
        return "nobody (intended)" if item["is_intended"] else "nobody"
    return f"{item['user']} (shadow)" if item["is_shadow"] else str(item["user"])


def _by(item: Mapping[str, Any]) -> str:
    if item["override"]:
        return f"override {item['override']}"
    return f"layer {item['layer']}" if item["layer"] else ""
