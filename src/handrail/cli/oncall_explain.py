"""Why a schedule's answer at an instant is what it is."""

from datetime import datetime

import click

from handrail.cli.oncall_source import Offline, config_options, files_of, offline
from handrail.cli.output import Output, command_options
from handrail.cli.when import IN_ITS_ZONE


@click.command(epilog=IN_ITS_ZONE)
@click.argument("schedule", metavar="SCHEDULE")
@click.option("--at", metavar="TIME", help="By default now.")
@config_options
@command_options
def explain(
    output: Output,
    *,
    schedule: str,
    at: str | None,
    config: tuple[str, ...],
    more: tuple[str, ...],
) -> None:
    """Say why: rule, restriction, override, person; with --config from files.

    What decided stands at the margin; what was covered, silent or shadowed is set in.
    """

    def ask(source: Offline) -> object:
        from handrail.api.oncall_view import explanation
        from handrail.core.schedule.explain import explain as explained
        from handrail.usecases.oncall import instant_asked, schedules_asked

        found = schedules_asked(source.directory.schedules, [schedule])
        instant = instant_asked(at, schedules=found, now=source.now)
        return explanation(
            explained(found[0], instant),
            time_zone=found[0].time_zone,
            tzdata=source.tzdata,
        )

    if files := files_of(config, more):
        answer = offline(files, ask)
    else:
        answer = output.connect().get("/oncall/explain", schedule=schedule, at=at)
    lines = [
        f"{'→' if step['is_decisive'] else '   ·'} {step['says']}"
        for step in answer["steps"]
    ]
    output.data(answer, "\n".join(lines))
    if not output.is_json:
        zone, rules = answer["time_zone"], answer["tzdata"]
        at = _local(answer["at"], zone)
        output.words(f"At {at}. Times in {zone}; time-zone rules {rules}.")


def _local(at: str, zone: str) -> str:
    """Return the instant asked about: a local time may occur twice, or never."""
    from handrail.core import wall_clock

    local = datetime.fromisoformat(at).astimezone(wall_clock.zone(zone))
    return f"{local:%a %Y-%m-%d %H:%M:%S %Z}"
