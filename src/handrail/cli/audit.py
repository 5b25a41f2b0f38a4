"""The append-only record."""

import click

from handrail.cli.exit_code import ExitCode
from handrail.cli.failure import Failure
from handrail.cli.output import Output, command_options


@click.group()
def audit() -> None:
    """Verify the append-only record."""


@audit.command("verify")
@command_options
def verify(output: Output) -> None:
    """Check that no entry was changed, removed, moved or slipped in."""
    answer = output.connect().get("/audit/verify")
    breaks = answer["breaks"]
    lines = [f"{item['stream']}: {item['what']}" for item in breaks]
    output.data(answer, "\n".join(lines))
    if breaks:
        msg = f"the record is broken in {len(breaks)} places"
        step = "compare with a backup: handrail restore FILE, elsewhere"
        raise Failure(msg, next_step=step, code=ExitCode.FAILED)
    output.words(f"{answer['streams']} streams, {answer['events']} entries: whole.")
