"""Action items: what is changed because of an incident, by whom, until when."""

from datetime import date
from typing import Any

import click

from handrail.cli.connection import path_part
from handrail.cli.output import Output, command_options, facts, table, when

_HEADINGS = ("item", "state", "category", "owner", "due", "incident", "title")
_PLAN = ("title", "category", "owner", "due_on", "link", "mechanism", "check")


@click.group()
def action() -> None:
    """Action items: what is changed because of incidents."""


@action.command("list")
@click.option("--all", "is_all", is_flag=True, help="Closed ones as well.")
@click.option("--owner", metavar="USER", help="Only those of this user.")
@click.option("--limit", default=50, show_default=True, help="How many at most.")
@command_options
def list_items(output: Output, *, is_all: bool, owner: str | None, limit: int) -> None:
    """List action items, soonest due first: those that are open."""
    state = "all" if is_all else "open"
    answer = output.connect().get(
        "/action-items", state=state, owner=owner, limit=limit
    )
    rows = [
        (
            item["name"],
            "overdue" if item["is_overdue"] else item["state"],
            item["category"],
            item["owner"],
            item["due_on"],
            item["incident"],
            item["title"],
        )
        for item in answer["items"]
    ]
    output.data(answer, table(_HEADINGS, rows))
    if not rows:
        output.words("No action item yet." if is_all else "No action item is open.")


@action.command("show")
@click.argument("name", metavar="ITEM")
@command_options
def show(output: Output, *, name: str) -> None:
    """Show one action item."""
    answer = output.connect().get(f"/action-items/{path_part(name)}")
    output.data(answer, _facts(answer))


def _day(_: click.Context, __: click.Parameter, text: str | None) -> str | None:
    """Return a date as it was written, or none for none."""
    try:
        return text and date.fromisoformat(text).isoformat()
    except ValueError:
        msg = f"{text!r} is no date; write it like 2026-12-31"
        raise click.BadParameter(msg) from None


def _plan_options(command: Any) -> Any:  # noqa: ANN401  (click decorates anything)
    for option in (
        click.option("--check", help="What would show that it works."),
        click.option("--mechanism", help="Which mechanism it changes."),
        click.option("--link", metavar="URL", help="Where your tracker has it."),
        click.option(
            "--due", "due_on", metavar="DATE", callback=_day, help="As in 2026-12-31."
        ),
        click.option("--owner", metavar="USER", help="Who does it."),
        click.option(
            "--category",
            type=click.Choice(["detection", "mitigation", "prevention"]),
            help="What it does to the next one.",
        ),
    ):
        command = option(command)
    return command


@action.command("add")
@click.argument("incident", metavar="INCIDENT")
@click.argument("title")
@_plan_options
@command_options
def add(output: Output, /, *, incident: str, title: str, **given: str | None) -> None:
    """Add something that is to be changed because of an incident."""
    plan = {name: value for name, value in given.items() if value is not None}
    asked = {"incident": incident, "title": title, **plan}
    answer = output.connect().post("/action-items", asked)
    output.data(answer, answer["name"])


@action.command("change")
@click.argument("name", metavar="ITEM")
@click.option("--title", help="What is to be changed.")
@_plan_options
@command_options
def change(output: Output, /, *, name: str, **given: str | None) -> None:
    """Change an action item's plan; what is not given stays."""
    server = output.connect()
    path = f"/action-items/{path_part(name)}"
    before = server.get(path)
    plan = {field: before[field] for field in _PLAN}
    plan |= {field: value for field, value in given.items() if value is not None}
    answer = server.post(path, {**plan, "version": before["version"]})
    output.data(answer, _facts(answer))


@action.command("done")
@click.argument("name", metavar="ITEM")
@click.option("--result", required=True, help="What its check gave.")
@command_options
def done(output: Output, *, name: str, result: str) -> None:
    """Say that it is done, and what its check gave."""
    _act(output, name, "done", {"result": result})


@action.command("waive")
@click.argument("name", metavar="ITEM")
@click.option("--reason", required=True, help="Why it is not done.")
@command_options
def waive(output: Output, *, name: str, reason: str) -> None:
    """Say that it is not done, and why."""
    _act(output, name, "waive", {"reason": reason})


@action.command("move")
@click.argument("name", metavar="ITEM")
@click.option("--link", default="", metavar="URL", help="Where it lives on.")
@click.option("--reason", default="", help="Anything to say about it.")
@command_options
def move(output: Output, *, name: str, link: str, reason: str) -> None:
    """Say that it lives on in your tracker."""
    _act(output, name, "move", {"link": link, "reason": reason})


@action.command("reopen")
@click.argument("name", metavar="ITEM")
@click.option("--reason", required=True, help="Why it is to be done after all.")
@command_options
def reopen(output: Output, *, name: str, reason: str) -> None:
    """Say that it is to be done after all."""
    _act(output, name, "reopen", {"reason": reason})


def _act(output: Output, name: str, verb: str, asked: dict[str, str]) -> None:
    path = f"/action-items/{path_part(name)}/{verb}"
    answer = output.connect().post(path, asked)
    output.data(answer, _facts(answer))


def _facts(answer: dict[str, Any]) -> str:
    return facts(
        [
            ("item", answer["name"]),
            ("incident", answer["incident"]),
            ("title", answer["title"]),
            ("state", answer["state"]),
            ("category", answer["category"]),
            ("owner", answer["owner"]),
            ("due", answer["due_on"]),
            ("overdue", "yes" if answer["is_overdue"] else ""),
            ("link", answer["link"]),
            ("changes", answer["mechanism"]),
            ("check", answer["check"]),
            ("outcome", answer["outcome"]),
            ("closed", when(answer["closed_at"])),
        ]
    )
