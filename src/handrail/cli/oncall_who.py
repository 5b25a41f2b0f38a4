"""Who is on call at an instant."""

import click

from handrail.cli.failure import nothing_to_do
from handrail.cli.output import Output, command_options, table, when

_HEADINGS = ("schedule", "who", "until", "then", "why")


@click.command()
@click.argument("instant", metavar="[now]", default="now")
@click.option("--at", metavar="INSTANT", help="As in 2026-01-31T08:00:00+01:00.")
@click.option("--schedule", metavar="NAME", help="Only this one.")
@command_options
def who(output: Output, *, instant: str, at: str | None, schedule: str | None) -> None:
    """Say who is on call, per schedule, until when, and who is next."""
    if instant != "now":
        msg = f"{instant!r} is not 'now'; another time is --at INSTANT"
        raise click.UsageError(msg)
    answer = output.connect().get("/oncall", at=at)
    found = [item for item in answer["items"] if schedule in {None, item["schedule"]}]
    if not found:
        msg = f"there is no schedule {schedule}" if schedule else "there is no schedule"
        step = "apply some: handrail config apply FILE (examples/handrail.yaml has two)"
        raise nothing_to_do(msg, next_step=step)
    rows = [
        (
            item["schedule"],
            ", ".join(item["users"]) or "nobody",
            when(item["until"]),
            ", ".join(item["next_users"]) or "nobody",
            item["why"],
        )
        for item in found
    ]
    output.data({**answer, "items": found}, table(_HEADINGS, rows))
