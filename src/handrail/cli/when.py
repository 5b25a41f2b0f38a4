"""Times as people write them on the command line.

Every option that takes a time takes the forms of ``configuration.moment_text``. Where
a schedule is asked about, the text goes to the server as it is and is read in the
schedule's zone; elsewhere it is read here, in this machine's.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from typing_extensions import override

from handrail.cli.output import Output
from handrail.settings import environment

_HOW = (
    'TIME is now, +2h, "20m ago", 18:00, "fri 18:00", 2026-12-24 (its midnight), '
    '"2026-12-24 18:00", or with an offset 2026-12-24T18:00:00+01:00. '
)
IN_ITS_ZONE = f"{_HOW}Local times are read in the schedule's zone."
IN_THIS_ZONE = f"{_HOW}Local times are read in this machine's zone."
_LOCALTIME = Path("/etc/localtime")


class Moment(click.ParamType[str]):
    """An instant, read in this machine's zone; the value is RFC 3339 in UTC."""

    name = "time"

    def __init__(self, *, is_past: bool) -> None:
        self._is_past = is_past

    @override
    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        # Imported late: most commands are given no time.
        from handrail.core.configuration import moment_text
        from handrail.system.clock import SystemClock

        now = SystemClock().now()
        try:
            found = moment_text.read(value, here(), now=now, is_past=self._is_past)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        return found.isoformat()


COMING = Moment(is_past=False)
"""A time of day is the next one, a length without a sign lies ahead."""
PAST = Moment(is_past=True)
"""A time of day is the last one, a length without a sign lies back."""


def here() -> ZoneInfo:
    """Return this machine's zone: that of TZ, of /etc/localtime, or UTC."""
    name = environment().get("TZ", "").removeprefix(":")
    try:
        if name:
            return ZoneInfo(name)
        with _LOCALTIME.open("rb") as rules:
            return ZoneInfo.from_file(rules, key="local")
    except (OSError, ValueError, ZoneInfoNotFoundError):
        return ZoneInfo("UTC")


def say_read_in(output: Output, answer: Mapping[str, Any], *texts: str | None) -> None:
    """Say in which zone the server read these texts, where it mattered."""
    if output.is_json or all(not text or text.lower() == "now" for text in texts):
        return
    known = [answer, *answer.get("items", ())]
    zones = sorted({one["time_zone"] for one in known if "time_zone" in one})
    named = f", {', '.join(zones)}" if zones else ""
    output.words(f"Local times were read in the schedule's zone{named}.")


def until(seconds: object) -> str:
    """Return how long something has, such as ``in 9m`` or ``9m late``."""
    if not isinstance(seconds, int):
        return ""
    minutes, rest = divmod(abs(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        span = f"{hours}h{minutes:02}m"
    else:
        span = f"{minutes}m" if minutes else f"{rest}s"
    return f"in {span}" if seconds >= 0 else f"{span} late"
