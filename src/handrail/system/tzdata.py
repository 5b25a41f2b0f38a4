"""The time-zone rules in use: those of the pinned package, not the machine's.

``zoneinfo`` prefers the rules it finds on the machine, so that two nodes could hand
over at different instants. ``pin`` makes it read the installed ``tzdata`` package.
"""

import zoneinfo
from importlib.metadata import version


def pin() -> None:
    """Read time zones from the ``tzdata`` package only, from now on.

    Called once, before the first zone is used: zones already handed out stay as they
    are.
    """
    zoneinfo.reset_tzpath(to=())
    zoneinfo.ZoneInfo.clear_cache()


def tzdata_version() -> str:
    """Return the version of the time-zone rules, as IANA names it: ``2026a``."""
    year, _, number = version("tzdata").partition(".")
    return year + chr(ord("a") + int(number.partition(".")[0]) - 1)
