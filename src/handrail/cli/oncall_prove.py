"""Whether people will be reached: prove it, or show when not and why."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from handrail.cli.exit_code import ExitCode
from handrail.cli.failure import Failure, nothing_to_do
from handrail.cli.output import Output, command_options
from handrail.cli.proof_text import lines
from handrail.cli.when import COMING, IN_THIS_ZONE
from handrail.core.instants import parse_rfc3339
from handrail.system.clock import SystemClock

if TYPE_CHECKING:
    from handrail.core.configuration.snapshot import Snapshot
    from handrail.core.coverage.proof import Proof

Answer = Mapping[str, Any]
WEEKS_MAX = 53


@click.command(epilog=IN_THIS_ZONE)
@click.option(
    "--weeks",
    type=click.IntRange(1, WEEKS_MAX),
    default=12,
    show_default=True,
    help="How far to look.",
)
@click.option("--from", "start", type=COMING, help="From then on; else from now.")
@click.option("--until", "end", type=COMING, help="Until then; instead of --weeks.")
@click.option("--to", "end", type=COMING, hidden=True)
@click.option("--service", "services", multiple=True, metavar="NAME", help="Only this.")
@click.option(
    "--config", "paths", multiple=True, metavar="FILE", help="Without a server."
)
@click.option(
    "--assume-verified",
    is_flag=True,
    help="Take every contact method as verified; the answer says so.",
)
@click.option(
    "--examples",
    type=click.IntRange(0, 100_000),
    metavar="N",
    help="Findings that --json lists for each intent; else all, or 3 of very many.",
)
@command_options
def prove(  # noqa: PLR0913 - an option each
    output: Output,
    *,
    weeks: int,
    start: str | None,
    end: str | None,
    services: tuple[str, ...],
    paths: tuple[str, ...],
    assume_verified: bool,
    examples: int | None,
) -> None:
    """Prove that enough people are reached in time, or show when not, and why.

    For every service that says when it must be covered: every instant of the coming
    weeks, by the edges at which anything changes, never by samples. Route, policy,
    levels, schedules, people and contact methods are those that page.

    Exit code 0: proved. 1: there are counter-examples. 2: the command line is wrong.

    Files hold no evidence that a contact method reaches anybody. With --config nothing
    is proved unless --assume-verified says that they are to be believed.
    """
    begins = parse_rfc3339(start) if start else SystemClock().now()
    ends = parse_rfc3339(end) if end else begins + timedelta(weeks=weeks)
    if not begins < ends <= begins + timedelta(weeks=WEEKS_MAX):
        msg = f"--until must come after --from, by at most {WEEKS_MAX} weeks"
        raise click.UsageError(msg)
    if paths:
        proof, evidence = _proved(
            paths, services, (begins, ends), is_assumed=assume_verified
        )
        answer = _viewed(proof, evidence, examples)
    else:
        answer = output.connect(is_long=True).get(
            "/coverage",
            **{"from": _spelled(begins), "to": _spelled(ends)},
            service=",".join(services) or None,
            assume_verified="true" if assume_verified else None,
            examples=examples,
        )
    if not answer["services"]:
        msg = "no service says when it must be covered"
        if services:
            msg = f"{' and '.join(services)}: nothing says when it must be covered"
        step = "add coverage to a service, its team or for all: docs/coverage.md"
        raise nothing_to_do(msg, next_step=step)
    output.data(answer, "\n".join(lines(answer)))
    if not answer["is_proved"]:
        raise click.exceptions.Exit(ExitCode.FAILED)


def _proved(
    paths: Sequence[str],
    services: Sequence[str],
    window: tuple[datetime, datetime],
    *,
    is_assumed: bool,
) -> "tuple[Proof, str]":
    """Prove from files; return the proof, and what is known of contact methods."""
    from handrail.cli.configuration_files import snapshot_of
    from handrail.core.coverage.evidence import assumed
    from handrail.core.coverage.prove import Prover

    snapshot = snapshot_of(paths)
    start, end = window
    prover = Prover(snapshot, evidence=assumed(), start=start, end=end)
    wanted = _known(dict.fromkeys(services), snapshot) or list(snapshot.services)
    proof = prover.proof(prover.service(name) for name in wanted)
    return proof, "assumed" if is_assumed else "unknown"


def _viewed(proof: "Proof", evidence: str, examples: int | None) -> Answer:
    import msgspec

    from handrail.system.tzdata import tzdata_version
    from handrail.usecases.coverage_view import proof_view

    tzdata = tzdata_version()
    view = proof_view(proof, evidence=evidence, tzdata=tzdata, examples=examples)
    answer: Answer = msgspec.to_builtins(view)
    return answer


def _known(services: Iterable[str], snapshot: "Snapshot") -> list[Any]:
    for name in services:
        if name not in snapshot.services:
            known = ", ".join(snapshot.services) or "none"
            msg = f"there is no service {name}"
            step = f"the services are: {known}"
            raise Failure(msg, next_step=step, code=ExitCode.NOT_FOUND)
    return list(services)


def _spelled(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
