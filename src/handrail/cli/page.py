"""Pages: answer them, see them."""

from collections.abc import Iterator
from typing import Any

import click

from handrail.cli.connection import Connection, path_part
from handrail.cli.exit_code import ExitCode
from handrail.cli.failure import Failure, nothing_to_do
from handrail.cli.output import Output, command_options, facts, table, when

_VIA = {"via": "cli"}
_SEEKING = {"open", "exhausted"}
"""States of a page that nobody has: an exhausted one can still be taken."""
_AT_ONCE = 100
_STALE = "the sender fell silent; that does not mean it recovered"
_HEADINGS = ("page", "state", "severity", "service", "opened", "title")


@click.group()
def page() -> None:
    """List and show pages."""


@page.command("list")
@click.option("--all", "is_all", is_flag=True, help="Those at rest as well.")
@click.option("--limit", default=50, show_default=True, help="How many at most.")
@command_options
def list_pages(output: Output, *, is_all: bool, limit: int) -> None:
    """List pages, newest first: those that seek somebody or are in hand."""
    state = "all" if is_all else "active"
    answer = output.connect().get("/pages", state=state, limit=limit)
    output.data(answer, _table(answer["items"]))
    if not answer["items"]:
        output.words("No page is active." if not is_all else "No page yet.")


@page.command("show")
@click.argument("page_id", metavar="PAGE")
@command_options
def show_page(output: Output, *, page_id: str) -> None:
    """Show one page: where it stands, who was told, and who is told next."""
    answer = output.connect().get(f"/pages/{path_part(page_id)}")
    text = _facts(answer)
    for line in answer["timeline"]:
        text += f"\n{when(line['at'])}  {line['what']}  [{line['actor']}]"
    for delivery in answer["deliveries"]:
        where = f"{delivery['recipient']} by {delivery['kind']} {delivery['address']}"
        text += f"\nto {where}: {delivery['state']} {delivery['reason']}".rstrip()
    output.data(answer, text)


@click.command()
@click.argument("page_id", metavar="[PAGE]", required=False)
@command_options
def ack(output: Output, *, page_id: str | None) -> None:
    """Acknowledge a page: you have it, nobody else needs to be woken.

    Without PAGE it is the one page that nobody has yet; where there are several,
    they are listed and none is touched.
    """
    server = output.connect()
    chosen = page_id or _only_open(server)
    answer = server.post(f"/pages/{path_part(chosen)}/acknowledge", _VIA)
    output.data(answer, _facts(answer))
    place = f"{answer['severity']}, {answer['service'] or 'no service'}"
    output.words(f"Acknowledged: {answer['title']} ({place}).")
    output.words(f"When it is over: handrail resolve {answer['id']}")


@click.command()
@click.argument("page_id", metavar="PAGE")
@command_options
def escalate(output: Output, *, page_id: str) -> None:
    """Tell the next level of a page now, without waiting for its timer."""
    answer = output.connect().post(f"/pages/{path_part(page_id)}/escalate", _VIA)
    output.data(answer, _facts(answer))
    output.words("Escalated.")


@click.command()
@click.argument("page_id", metavar="PAGE")
@command_options
def resolve(output: Output, *, page_id: str) -> None:
    """Resolve a page and the alert it is about."""
    answer = output.connect().post(f"/pages/{path_part(page_id)}/resolve", _VIA)
    output.data(answer, _facts(answer))
    output.words("Resolved.")


def _only_open(server: Connection) -> str:
    """Return the id of the one page that nobody has yet.

    Raises:
        Failure: There is none, or more than one.
    """
    found = [item for item in _active(server) if item["state"] in _SEEKING]
    if not found:
        msg = "no page waits for anybody"
        raise nothing_to_do(msg, next_step="see those in hand: handrail page list")
    if len(found) > 1:
        msg = f"{len(found)} pages wait for somebody:\n{_table(found)}"
        raise Failure(msg, next_step="name one: handrail ack PAGE", code=ExitCode.USAGE)
    return str(found[0]["id"])


def _active(server: Connection) -> Iterator[dict[str, Any]]:
    """Yield every active page: the one meant may be older than many in hand."""
    before = None
    while True:
        answer = server.get("/pages", state="active", limit=_AT_ONCE, before=before)
        yield from answer["items"]
        before = answer["next"]
        if before is None:
            return


def _table(pages: list[dict[str, Any]]) -> str:
    rows = [
        (
            item["id"],
            item["state"],
            item["severity"],
            item["service"],
            when(item["opened_at"]),
            f"{item['title']} (stale)" if item["alert_expired"] else item["title"],
        )
        for item in pages
    ]
    return table(_HEADINGS, rows)


def _facts(answer: dict[str, Any]) -> str:
    lines = facts(
        [
            ("page", answer["id"]),
            ("title", answer["title"]),
            ("state", answer["state"]),
            ("stale", _STALE if answer["alert_expired"] else ""),
            ("severity", answer["severity"]),
            ("service", answer["service"]),
            ("opened", when(answer["opened_at"])),
            ("acknowledged", when(answer.get("acknowledged_at"))),
            ("by", answer.get("acknowledged_by")),
            ("alert", answer["alert_id"]),
            ("incident", answer["incident_id"]),
        ]
    )
    for step in answer["forecast"]:
        who = ", ".join(step["who"]) or "nobody"
        lines += f"\nnext  {when(step['at'])}  {who}: {step['what']}"
    return lines
