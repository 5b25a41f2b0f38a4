"""The swaps that there could be for a shift, each with a button to propose it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from handrail.core.configuration.spelling import format_moment
from handrail.core.cover.agreement import Leg
from handrail.core.cover.swap_search import Option, Search, WholeShift
from handrail.core.errors import InvalidError
from handrail.core.ids import Slug
from handrail.core.instants import parse_rfc3339
from handrail.web.screens.agreement import leg_words, span
from handrail.web.screens.moment import span as length
from handrail.web.screens.page import Reader

OPTIONS_SHOWN = 8
"""Those that disturb least; the command line shows more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionCard:
    """One swap that could be.

    Attributes:
        value: The legs as the form sends them back.
        cost: How little it disturbs, in words.
    """

    value: str
    people: str
    legs: tuple[str, ...]
    cost: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapOptionScreen:
    """What there is for a shift.

    Attributes:
        shift: When it is; "" where ``wrong`` says why there is none.
        rejected: Who, and why not.
    """

    schedule: str
    shift: str
    options: tuple[OptionCard, ...]
    found: int
    rejected: tuple[tuple[str, str], ...]
    wrong: str = ""


def option_screen(
    wanted: WholeShift, result: Search, *, reader: Reader
) -> SwapOptionScreen:
    """Return the screen of a search."""
    return SwapOptionScreen(
        schedule=wanted.schedule,
        shift=span(wanted.starts_at, wanted.ends_at, reader),
        options=tuple(_card(one, reader) for one in result.options[:OPTIONS_SHOWN]),
        found=result.found,
        rejected=tuple(
            (user, "; ".join(why[:3])) for user, why in result.rejected.items()
        ),
    )


def written(legs: Sequence[Leg]) -> str:
    """Return legs as one line of text, for a form to send back."""
    return "; ".join(
        " ".join(
            (
                leg.schedule,
                format_moment(leg.starts_at.astimezone(UTC)),
                format_moment(leg.ends_at.astimezone(UTC)),
                leg.gives,
                leg.takes,
            )
        )
        for leg in legs
    )


def read(text: str) -> tuple[Leg, ...]:
    """Return the legs of what ``written`` wrote.

    Raises:
        InvalidError: It is something else.
    """
    try:
        rows = [line.split() for line in text.split(";") if line.strip()]
        return tuple(
            Leg(
                schedule=Slug(schedule),
                starts_at=_instant(first),
                ends_at=_instant(last),
                gives=Slug(gives),
                takes=Slug(takes),
            )
            for schedule, first, last, gives, takes in rows
        )
    except ValueError as error:
        msg = "choose one of the swaps that are shown"
        raise InvalidError(msg, fields={"legs": "are none of those shown"}) from error


def _instant(text: str) -> datetime:
    return parse_rfc3339(text)


def _card(option: Option, reader: Reader) -> OptionCard:
    change = "An even exchange"
    if option.hours_moved:
        change = f"{length(option.hours_moved)} change hands for good"
    count = "two" if len(option.legs) == 2 else "three"  # noqa: PLR2004 - pairs and threes
    return OptionCard(
        value=written(option.legs),
        people=f"A swap of {count}",
        legs=tuple(leg_words(leg, reader) for leg in option.legs),
        cost=f"{change}; the shifts are {length(option.days_apart)} apart.",
    )
