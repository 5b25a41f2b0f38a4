"""An instant in an address or a form, as a person typed or picked it."""

from datetime import datetime

from handrail.core.configuration import spelling
from handrail.core.errors import InvalidError
from handrail.usecases import oncall

_LOCAL_LENGTH = len("2026-01-31T08:00:00")


def asked_instant(
    text: str | None, *, zone: str, now: datetime
) -> tuple[datetime, str]:
    """Return the instant in an address, now where it is none, and what is wrong.

    Local times, which is what a form sends, are read in the zone.
    """
    spelled = (text or "").strip()
    if not spelled:
        return now, ""
    try:
        if "+" in spelled or spelled.endswith("Z") or len(spelled) > _LOCAL_LENGTH:
            return oncall.instant_asked(spelled, schedules=(), now=now), ""
        if len(spelled) == len("2026-01-31"):
            spelled += " 00:00"
        instant = spelling.moment_in(zone, spelled.replace("T", " "))
    except (ValueError, InvalidError) as error:
        told = error.fields.get("at", "") if isinstance(error, InvalidError) else ""
        return now, told or str(error)
    if not oncall.YEAR_MIN <= instant.year < oncall.YEAR_MAX - 1:
        years = f"{oncall.YEAR_MIN} to {oncall.YEAR_MAX - 2}"
        return now, f"Ask about the years {years}."
    return instant, ""
