"""Who is on call, when, and why: the group of commands about it."""

from collections.abc import Mapping

import click
from typing_extensions import override

from handrail.cli.lazy import LazyGroup, Places

SECTIONS: Mapping[str, Places] = {
    "Ask": {
        "who": ("oncall_who:who", "Who is on call, now or at another time."),
        "shifts": ("oncall_shifts:shifts", "Shifts and gaps in a window."),
        "explain": ("oncall_explain:explain", "Why the answer is what it is."),
        "load": ("oncall_load:load", "Your on-call load, and your team's spread."),
        "prove": ("oncall_prove:prove", "Whether people are reached, every instant."),
    },
    "What if": {
        "simulate": (
            "simulate:simulate",
            "Who would be told, how and when, if it fired.",
        ),
        "backtest": ("backtest:backtest", "What a proposal would have changed."),
        "record": ("backtest:record", "The alerts of a period, for back-tests."),
    },
    "Change": {
        "cover": ("cover:cover", "Ask others to take a shift, and answer who asks."),
        "swap": ("swap:swap", "Exchange whole shifts with one or two others."),
        "override": ("override:override", "Somebody else is on call for a while."),
    },
    "Take along": {
        "feed": ("oncall_feed:feed", "Shifts in your calendar program."),
    },
}


class Oncall(LazyGroup):
    """The commands; without one, ``who`` is meant."""

    sections = SECTIONS

    @override
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        first = args[0] if args else ""
        if first in {"-h", "--help"} or first in self.places:
            return super().parse_args(ctx, args)
        if first and not first.startswith("-") and first != "now":
            return super().parse_args(ctx, args)
        return super().parse_args(ctx, ["who", *args])


@click.group(cls=Oncall)
def oncall() -> None:
    """Say who is on call: now, at another time, and why.

    Without a command it is `who`, as in: handrail oncall --at 2026-01-31T08:00:00Z
    """
