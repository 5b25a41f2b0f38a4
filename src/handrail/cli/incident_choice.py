"""Which incident a command is about: the one named, or the one that runs."""

import re
from typing import Any

import click
from typing_extensions import override

from handrail.cli.connection import Connection, path_part
from handrail.cli.exit_code import ExitCode
from handrail.cli.failure import Failure, nothing_to_do
from handrail.cli.output import Output, facts, table
from handrail.cli.when import until

_NAME = re.compile(r"(?i)inc-[0-9]+")
_OPTION = "--incident"


class OnIncident(click.Command):
    """A command whose first word may be INC-n, wherever the others stand.

    Click gives the first word to the first argument, needed or not; this takes the
    name of an incident out first, so that it may be left out.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  (click's own)
        super().__init__(*args, **kwargs)
        option = click.Option([_OPTION, "name"], hidden=True)
        self.params.append(option)

    @override
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        place = self._first_word(args)
        if place is not None and _NAME.fullmatch(args[place]):
            args = [_OPTION, args[place], *args[:place], *args[place + 1 :]]
        return super().parse_args(ctx, args)

    @override
    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return ["[INC-n]", *super().collect_usage_pieces(ctx)]

    def _first_word(self, args: list[str]) -> int | None:
        flags = {
            name
            for param in self.params
            if isinstance(param, click.Option) and param.is_flag
            for name in param.opts
        }
        place = 0
        while place < len(args):
            word = args[place]
            if not word.startswith("-") or word == "-":
                return place
            takes_next = word not in flags and "=" not in word and word != "--help"
            place += 2 if takes_next else 1
        return None


def incident_path(server: Connection, name: str | None) -> str:
    """Return the API's path of the incident that is named, or of the only one.

    Raises:
        Failure: None is named, and not exactly one is responded to.
    """
    return f"/incidents/{path_part(name or _only_responding(server))}"


def _only_responding(server: Connection) -> str:
    found = server.get("/incidents", state="responding", limit=50)["items"]
    if not found:
        msg = "no incident is responded to"
        step = "see those that are over: handrail incident list --all"
        raise nothing_to_do(msg, next_step=step)
    if len(found) > 1:
        msg = f"{len(found)} incidents are responded to:\n{incident_table(found)}"
        raise Failure(msg, next_step="name one, as in INC-1", code=ExitCode.USAGE)
    return str(found[0]["name"])


def incident_table(incidents: list[dict[str, Any]]) -> str:
    """Return incidents as a table."""
    rows = [
        (
            item["name"],
            item["severity"] or "to be assessed",
            item["stage"],
            item["commander"],
            item["service"],
            owed(item["next_owed"]),
            item["title"],
        )
        for item in incidents
    ]
    headings = ("name", "severity", "stage", "commander", "service", "owed", "title")
    return table(headings, rows)


def incident_facts(answer: dict[str, Any]) -> str:
    """Return who commands, how bad it is, where it stands and what is owed next."""
    return facts(
        [
            ("incident", f"{answer['name']}  {answer['title']}"),
            ("severity", answer["severity"] or "to be assessed"),
            ("stage", answer["stage"]),
            ("ended", answer["ending"]),
            ("commander", answer["commander"]),
            ("service", answer["service"]),
            ("next owed", owed(answer["next_owed"])),
            ("console", answer["url"]),
        ]
    )


def owed(promise: dict[str, Any] | None) -> str:
    """Return a promise and how long it has, such as ``public notice in 9m``."""
    if promise is None:
        return ""
    what = str(promise["kind"]).replace("_", " ")
    return f"{what} {until(promise['seconds_left'])}"


def tell(output: Output, answer: dict[str, Any], words: str) -> None:
    """Write the incident as it is now, and what was done."""
    output.data(answer, incident_facts(answer))
    output.words(words)
