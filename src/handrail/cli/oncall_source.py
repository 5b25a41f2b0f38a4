"""Where answers about who is on call come from: the server, or configuration files.

Offline they are made by the same code as the server's, in the same form.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ParamSpec

import click

from handrail.cli.connection import with_fields
from handrail.cli.exit_code import ExitCode
from handrail.cli.failure import Failure
from handrail.cli.output import Output, dated
from handrail.cli.when import say_read_in

if TYPE_CHECKING:
    from handrail.usecases.oncall import Directory

P = ParamSpec("P")


def config_options(command: Callable[P, None]) -> Callable[P, None]:
    """Give a command ``--config FILE...``."""
    option = click.option(
        "--config",
        "config",
        metavar="FILE",
        multiple=True,
        help="Answer from these files (or folders), without a server.",
    )
    more = click.argument("more", metavar="", nargs=-1)
    return option(more(command))


def files_of(config: Sequence[str], more: Sequence[str]) -> tuple[str, ...]:
    """Return the files that were named; none where the server is to be asked.

    Raises:
        UsageError: Files are named without ``--config``.
    """
    if more and not config:
        msg = f"{more[0]!r} is not understood; files go behind --config"
        raise click.UsageError(msg)
    return (*config, *more)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offline:
    """What the files say, at this machine's present."""

    directory: "Directory"
    tzdata: str
    now: datetime


def offline(files: Sequence[str], ask: "Callable[[Offline], object]") -> Any:  # noqa: ANN401 - JSON
    """Return the answer of the files, as plain data.

    Raises:
        Failure: The files have errors, or what is asked about is not in them.
    """
    import msgspec

    from handrail.cli.configuration_files import snapshot_of
    from handrail.core.errors import DomainError
    from handrail.system.clock import SystemClock
    from handrail.system.tzdata import tzdata_version
    from handrail.usecases.oncall import Directory

    snapshot = snapshot_of(files)
    source = Offline(
        directory=Directory(snapshot=snapshot, schedules=snapshot.schedules),
        tzdata=tzdata_version(),
        now=SystemClock().now(),
    )
    try:
        return msgspec.to_builtins(ask(source))
    except DomainError as error:
        raise refused(error) from error


def say_zone(output: Output, answer: Mapping[str, Any], *texts: str | None) -> None:
    """Say in which zone times are shown, which texts were read, and by which rules."""
    say_read_in(output, answer, *texts)
    if not output.is_json:
        asked = f"At {dated(answer['at'])}. " if any(texts) and "at" in answer else ""
        zones = f"Times in this machine's zone; time-zone rules {answer['tzdata']}."
        output.words(asked + zones)


def refused(error: "Any") -> Failure:  # noqa: ANN401 - imported late
    """Return the failure of a question that files refuse, as the server would."""
    from handrail.core.errors import NotFoundError

    wrong = [{"field": name, "message": said} for name, said in error.fields.items()]
    message = with_fields(error.message, wrong)
    if isinstance(error, NotFoundError):
        step = "see what there is: handrail oncall who --config FILE"
        return Failure(message, next_step=step, code=ExitCode.NOT_FOUND)
    return Failure(message, next_step="", code=ExitCode.FAILED)
