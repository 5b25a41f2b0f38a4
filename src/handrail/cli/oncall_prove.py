"""Whether people will be reached: prove it, or show when not and why."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from handrail.cli.exit_code import ExitCode
from handrail.cli.failure import Failure, nothing_to_do
from handrail.cli.output import Output, command_options, when
from handrail.system.clock import SystemClock

if TYPE_CHECKING:
    from handrail.core.configuration.snapshot import Snapshot

Answer = Mapping[str, Any]
WEEKS_MAX = 53
_REASONS_SHOWN = 3
"""More are told by their causes: every combination of them is a reason."""
_HOURS_PER_DAY = 24
_TIMES_SHOWN = 3


@click.command()
@click.option(
    "--weeks",
    type=click.IntRange(1, WEEKS_MAX),
    default=12,
    show_default=True,
    help="How far to look.",
)
@click.option("--from", "start", metavar="INSTANT", help="From then on; else from now.")
@click.option("--to", "end", metavar="INSTANT", help="Until then, instead of --weeks.")
@click.option("--service", "services", multiple=True, metavar="NAME", help="Only this.")
@click.option(
    "--config", "paths", multiple=True, metavar="FILE", help="Without a server."
)
@click.option(
    "--assume-verified",
    is_flag=True,
    help="Take every contact method as verified; the answer says so.",
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
) -> None:
    """Prove that enough people are reached in time, or show when not, and why.

    For every service that says when it must be covered: every instant of the coming
    weeks, by the edges at which anything changes, never by samples. Route, policy,
    levels, schedules, people and contact methods are those that page.

    Exit code 0: proved. 1: there are counter-examples. 2: the command line is wrong.

    Files hold no evidence that a contact method reaches anybody. With --config nothing
    is proved unless --assume-verified says that they are to be believed.
    """
    begins = _instant(start, "--from") or SystemClock().now()
    ends = _instant(end, "--to") or begins + timedelta(weeks=weeks)
    if not begins < ends <= begins + timedelta(weeks=WEEKS_MAX):
        msg = f"--to must come after --from, by at most {WEEKS_MAX} weeks"
        raise click.UsageError(msg)
    if paths:
        answer = _offline(paths, services, (begins, ends), is_assumed=assume_verified)
    else:
        answer = output.connect().get(
            "/coverage",
            **{"from": _spelled(begins), "to": _spelled(ends)},
            service=",".join(services) or None,
            assume_verified="true" if assume_verified else None,
        )
    if not answer["services"]:
        msg = "no service says when it must be covered"
        step = "add coverage to a service, its team or for all: docs/coverage.md"
        raise nothing_to_do(msg, next_step=step)
    output.data(answer, "\n".join(_lines(answer)))
    if not answer["is_proved"]:
        raise click.exceptions.Exit(ExitCode.FAILED)


def _offline(
    paths: Sequence[str],
    services: Sequence[str],
    window: tuple[datetime, datetime],
    *,
    is_assumed: bool,
) -> Answer:
    import msgspec

    from handrail.cli.configuration_files import snapshot_of
    from handrail.core.coverage.evidence import assumed
    from handrail.core.coverage.prove import Prover
    from handrail.system.tzdata import tzdata_version
    from handrail.usecases.coverage_view import proof_view

    snapshot = snapshot_of(paths)
    start, end = window
    prover = Prover(snapshot, evidence=assumed(), start=start, end=end)
    wanted = _known(services, snapshot) or list(snapshot.services)
    proof = prover.proof(prover.service(name) for name in wanted)
    evidence = "assumed" if is_assumed else "unknown"
    view = proof_view(proof, evidence=evidence, tzdata=tzdata_version())
    answer: Answer = msgspec.to_builtins(view)
    return answer


def _known(services: Sequence[str], snapshot: "Snapshot") -> list[Any]:
    for name in services:
        if name not in snapshot.services:
            known = ", ".join(snapshot.services) or "none"
            msg = f"there is no service {name}"
            step = f"the services are: {known}"
            raise Failure(msg, next_step=step, code=ExitCode.NOT_FOUND)
    return list(services)


def _instant(text: str | None, option: str) -> datetime | None:
    """Return an instant as a person writes it: a date (UTC) or RFC 3339."""
    from handrail.usecases.oncall import YEAR_MAX, YEAR_MIN

    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
        known = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        msg = f"{option}: {text!r} is no instant; write 2026-12-01T00:00:00Z"
        raise click.UsageError(msg) from None
    if at.tzinfo is None and len(text) > len("2026-12-01"):
        msg = f"{option}: {text!r} has no offset; write it like 2026-12-01T00:00:00Z"
        raise click.UsageError(msg)
    if not YEAR_MIN <= known.year < YEAR_MAX:
        msg = f"{option}: ask about the years {YEAR_MIN} to {YEAR_MAX - 1}"
        raise click.UsageError(msg)
    return known


def _spelled(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _lines(answer: Answer) -> Iterator[str]:
    """Yield the answer as a tired person reads it: verdict, reasons, remedies."""
    for service in answer["services"]:
        verdict = click.style("proved", fg="green") + " until"
        if not service["is_proved"]:
            verdict = click.style("NOT COVERED", fg="red") + " from"
        yield f"{service['service']}: {verdict} {when(service['proved_until'])}"
        for intent in service["intents"]:
            yield from _intent(intent)
        yield ""
    yield from _foot(answer)


def _intent(intent: Answer) -> Iterator[str]:
    yield f"  asked: {intent['asks']}; {intent['hours']}"
    severities = sorted({page["severity"] for page in intent["pages"]})
    if not severities:
        yield "  nothing pages about it at this urgency: nothing can go wrong"
        return
    ways = sorted({page["via"] for page in intent["pages"]})
    yield f"  pages: {', '.join(severities)}, by {', '.join(ways)}"
    yield from _findings(intent["counter_examples"], "gap", colour="red")
    yield from _findings(intent["excused"], "excused", colour="yellow")


def _findings(found: Sequence[Answer], title: str, *, colour: str) -> Iterator[str]:
    """Yield each reason once, with the times it holds; many of them by their causes."""
    by_reason: dict[str, list[Answer]] = {}
    for finding in found:
        by_reason.setdefault(finding["reason"], []).append(finding)
    heading = click.style(title, fg=colour)
    if len(by_reason) > _REASONS_SHOWN:
        yield f"  {heading}: {_length(found)} of the time, for {len(by_reason)} reasons"
        yield from _times(_joined(found))
        yield from _causes(found, has_remedies=title == "gap")
        return
    for reason, several in by_reason.items():
        yield f"  {heading}: {reason}"
        yield from _times([(f["starts_at"], f["ends_at"]) for f in several])
        if title == "gap":
            remedies = dict.fromkeys(f["remedy"] for f in several[0]["faults"])
            yield from (f"      → {remedy}" for remedy in remedies)


def _times(several: Sequence[tuple[str, str]]) -> Iterator[str]:
    for starts_at, ends_at in several[:_TIMES_SHOWN]:
        yield f"      {when(starts_at)} to {when(ends_at)}"
    if len(several) > _TIMES_SHOWN:
        more = len(several) - _TIMES_SHOWN
        times = "time" if more == 1 else "times"
        yield f"      and {more} more {times} until {when(several[-1][1])}"


def _causes(found: Sequence[Answer], *, has_remedies: bool) -> Iterator[str]:
    """Yield what has a part in it, what costs most first, and what mends each."""
    touched: dict[tuple[str, str], list[Answer]] = {}
    for finding in found:
        for fault in finding["faults"]:
            touched.setdefault((fault["says"], fault["remedy"]), []).append(finding)
    ranked = sorted(touched.items(), key=lambda cause: -_seconds(cause[1]))
    remedies: dict[str, list[str]] = {}
    for (says, remedy), several in ranked:
        remedies.setdefault(remedy, []).append(f"{says} ({_length(several)})")
    for remedy, causes in remedies.items():
        yield from (f"    - {cause}" for cause in causes)
        if has_remedies:
            yield f"      → {remedy}"


def _joined(found: Sequence[Answer]) -> list[tuple[str, str]]:
    """Return the times with those that meet made one."""
    result: list[tuple[str, str]] = []
    for finding in found:
        if result and result[-1][1] == finding["starts_at"]:
            result[-1] = (result[-1][0], finding["ends_at"])
        else:
            result.append((finding["starts_at"], finding["ends_at"]))
    return result


def _seconds(found: Sequence[Answer]) -> float:
    spans = (
        datetime.fromisoformat(one["ends_at"])
        - datetime.fromisoformat(one["starts_at"])
        for one in found
    )
    return sum(span.total_seconds() for span in spans)


def _length(found: Sequence[Answer]) -> str:
    hours = round(_seconds(found) / 3600)
    return f"{hours // 24}d {hours % 24}h" if hours >= _HOURS_PER_DAY else f"{hours}h"


def _foot(answer: Answer) -> Iterator[str]:
    for renewal in answer["renewals"]:
        ends = when(renewal["ends_at"])
        yield f"renew: {renewal['user']}'s {renewal['method']} counts until {ends}"
    if answer["not_asked"]:
        yield f"nothing is asked of: {', '.join(answer['not_asked'])}"
    span = f"{when(answer['starts_at'])} to {when(answer['ends_at'])}"
    yield f"every instant from {span}; time-zone rules {answer['tzdata']}"
    if answer["evidence"] == "assumed":
        yield "assumed, not shown: every contact method reaches its person"
    elif answer["evidence"] == "unknown":
        yield (
            "NOT PROVED: files do not know whether any contact method reaches its "
            "person; --assume-verified takes that for granted"
        )
