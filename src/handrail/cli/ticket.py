"""Backlog tickets: what never pages, on its way to the team's tracker."""

import click

from handrail.cli.connection import path_part
from handrail.cli.output import Output, command_options, facts, table, when

_HEADINGS = ("ticket", "state", "about", "reference", "asked", "title", "why")


@click.group()
def ticket() -> None:
    """Backlog tickets of what never pages."""


@ticket.command("list")
@click.option("--all", "is_all", is_flag=True, help="Those the tracker took as well.")
@click.option("--limit", default=50, show_default=True, help="How many at most.")
@command_options
def list_tickets(output: Output, *, is_all: bool, limit: int) -> None:
    """List backlog tickets, newest first: those that no tracker took yet."""
    state = "all" if is_all else "waiting"
    answer = output.connect().get("/tickets", state=state, limit=limit)
    rows = [
        (
            item["id"],
            item["state"],
            item["incident"] or item["origin"],
            item["link"] or item["reference"] or None,
            when(item["created_at"]),
            item["title"],
            item["reason"],
        )
        for item in answer["items"]
    ]
    output.data(answer, table(_HEADINGS, rows))
    if not rows:
        output.words("No ticket yet." if is_all else "No ticket waits.")
    elif answer["tracker"] in (None, "none"):
        output.words("No tracker is configured; they are kept here.")


@ticket.command("retry")
@click.argument("ticket_id", metavar="TICKET")
@command_options
def retry(output: Output, *, ticket_id: str) -> None:
    """Let a ticket that failed or waits be tried now."""
    answer = output.connect().post(f"/tickets/{path_part(ticket_id)}/retry")
    state = facts([("ticket", answer["id"]), ("state", answer["state"])])
    output.data(answer, state)
    output.words("It is tried again now, if a tracker is configured.")
