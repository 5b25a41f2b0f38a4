"""Configuration as code: check files here, plan and apply them on the server."""

from collections.abc import Mapping, Sequence
from typing import Any

import click

from handrail.cli.configuration_files import (
    check_offline,
    checked_without_errors,
    read_files,
)
from handrail.cli.exit_code import ExitCode
from handrail.cli.failure import Failure
from handrail.cli.output import Output, command_options, table
from handrail.cli.when import COMING

_FILES = click.argument("paths", metavar="FILE...", nargs=-1, required=True)
_PARTIAL = click.option(
    "--partial", "is_partial", is_flag=True, help="Keep what the files do not name."
)


@click.group()
def config() -> None:
    """Check, plan and apply configuration."""


@config.command("check", short_help="Check files without a server.")
@_FILES
@click.option("--strict", is_flag=True, help="Fail for warnings as well.")
@command_options
def check_files(output: Output, *, paths: tuple[str, ...], strict: bool) -> None:
    """Check files without a server; name file, line and field of every fault.

    Warns of empty levels, people without a contact method, a missing last resort, and
    shifts of the coming 12 weeks that break the rest rules.
    A folder stands for the .yaml and .yml files in it, - for standard input.
    """
    from handrail.system.clock import SystemClock

    checked = check_offline(paths, now=SystemClock().now())
    *problems, verdict = checked.lines()
    output.data(checked.as_json(), "\n".join(problems))
    if checked.has_errors or (strict and checked.problems):
        step = "mend the named lines; every field: handrail config schema"
        raise Failure(verdict, next_step=step, code=ExitCode.FAILED)
    output.words(verdict)


@config.command("plan", short_help="Show what applying files would change.")
@_FILES
@_PARTIAL
@click.option(
    "--against",
    metavar="FILE",
    multiple=True,
    help="Compare with these files, without a server; may be given several times.",
)
@click.option("--at", type=COMING, help="With --against: as if it were then.")
@command_options
def plan(
    output: Output,
    *,
    paths: tuple[str, ...],
    is_partial: bool,
    against: tuple[str, ...],
    at: str | None,
) -> None:
    """Show what applying the files would change, and what it means for people.

    Who would be on call now, gaps that open, handovers that move, nights and weekends
    that people gain and give up in the coming 12 weeks, and what the year's changes of
    the clocks do. Changes nothing.

    For the rota repository's own checks, compare with another set of files, such as
    those of the main branch: handrail config plan --against main/ branch/
    """
    if against:
        if is_partial:
            msg = "--partial does not go with --against: both sides are whole"
            raise click.UsageError(msg)
        _plan_offline(output, paths, against, at)
        return
    if at is not None:
        msg = "--at needs --against; a server plans from its own clock"
        raise click.UsageError(msg)
    answer = output.connect(is_long=True).post(
        "/config/plan", _body(paths, is_partial=is_partial)
    )
    *changes, summary = answer["lines"]
    output.data(answer, "\n".join(changes))
    output.words(summary)


@config.command("apply")
@_FILES
@_PARTIAL
@command_options
def apply(output: Output, *, paths: tuple[str, ...], is_partial: bool) -> None:
    """Bring the files into force, all or nothing, and show what changed.

    The files together are the whole configuration: what they no longer hold is
    removed. Applied again, they change nothing. Open pages keep their policy.
    """
    answer = output.connect(is_long=True).post(
        "/config/apply", _body(paths, is_partial=is_partial)
    )
    *changes, summary, outcome = answer["lines"]
    output.data(answer, "\n".join(changes))
    output.words(summary)
    output.words(outcome)


@config.command("schema")
def schema() -> None:
    """Write the JSON Schema of configuration files, for your editor."""
    import json

    from handrail.core.configuration.schema import configuration_schema
    from handrail.sources import found_sources

    written = configuration_schema(tuple(found_sources()))
    click.echo(json.dumps(written, ensure_ascii=False, indent=2))


@config.command("show", short_help="Show the documents in force.")
@click.argument("kind", required=False)
@click.argument("name", required=False)
@command_options
def show(output: Output, *, kind: str | None, name: str | None) -> None:
    """Show the documents in force: all, of one KIND, or one by KIND and NAME."""
    answer = output.connect().get("/config")
    found = [
        item
        for item in answer["documents"]
        if kind in {None, item["kind"]} and name in {None, item["name"]}
    ]
    if not found and kind:
        what = f"{kind} {name}" if name else kind
        msg = f"no {what} is configured"
        step = "see all: handrail config show"
        raise Failure(msg, next_step=step, code=ExitCode.NOT_FOUND)
    rows = [
        (item["kind"], item["name"], f"v{item['version']}", item["managed_by"])
        for item in found
    ]
    text = table(("kind", "name", "version", "managed by"), rows)
    if name and found:
        text += "\n" + _body_text(found[0])
    output.data({**answer, "documents": found}, text)
    if not found:
        output.words("Nothing is configured. Begin: handrail config apply FILE")


def _plan_offline(
    output: Output, paths: Sequence[str], against: Sequence[str], at: str | None
) -> None:
    from handrail.core.instants import parse_rfc3339
    from handrail.system.clock import SystemClock
    from handrail.usecases.configuration import compare

    now = parse_rfc3339(at) if at else SystemClock().now()
    old, new = checked_without_errors(against), checked_without_errors(paths)
    planned = compare(old, new, now=now)
    *changes, summary = planned.lines()
    output.data({**planned.as_json(), "lines": planned.lines()}, "\n".join(changes))
    errors = [problem.line() for problem in planned.warnings if problem.is_error]
    if errors:
        step = "an apply would be refused; mend the named lines"
        raise Failure("\n".join(errors), next_step=step, code=ExitCode.FAILED)
    output.words(summary)


def _body(paths: Sequence[str], *, is_partial: bool) -> dict[str, object]:
    files = [{"name": name, "text": text} for name, text in read_files(paths)]
    return {"files": files, "is_partial": is_partial}


def _body_text(item: Mapping[str, Any]) -> str:
    import json

    return json.dumps(item["body"], ensure_ascii=False, indent=2)
