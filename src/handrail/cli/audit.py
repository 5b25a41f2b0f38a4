"""The append-only record."""

import click

from handrail.cli.exit_code import ExitCode
from handrail.cli.failure import Failure
from handrail.cli.output import Output, command_options


@click.group()
def audit() -> None:
    """Verify the append-only record."""


@audit.command("verify")
@click.argument("incident", metavar="[INC-n]", required=False)
@command_options
def verify(output: Output, *, incident: str | None) -> None:
    """Check that no entry was changed, removed, moved or slipped in.

    Of one incident, or of everything. The head of an incident's chain, noted
    elsewhere, shows later that its record was not written anew.
    """
    answer = output.connect().get("/audit/verify", incident=incident)
    breaks = answer["breaks"]
    lines = [f"{item['stream']}: {item['what']}" for item in breaks]
    if incident and not breaks:
        lines.append(answer["head"])
    output.data(answer, "\n".join(lines))
    if breaks:
        msg = f"the record is broken in {len(breaks)} places"
        step = "compare with a backup: handrail restore FILE, elsewhere"
        raise Failure(msg, next_step=step, code=ExitCode.FAILED)
    output.words(f"{answer['streams']} streams, {answer['events']} entries: whole.")
