"""Calendar feeds: addresses at which calendar programs read shifts."""

import click

from handrail.cli.connection import path_part
from handrail.cli.output import Output, command_options, confirm, table, when

_KEEP = (
    "Subscribe to it in your calendar; it is not shown again. Who has the address "
    "sees the shifts: handrail oncall feed revoke takes it back."
)


@click.group()
def feed() -> None:
    """Calendar feeds of schedules and of people's shifts."""


@feed.command("create")
@click.option("--schedule", metavar="NAME", help="Of a schedule: all shifts, and gaps.")
@click.option("--user", metavar="NAME", help="Of a person; yourself by default.")
@command_options
def create(output: Output, *, schedule: str | None, user: str | None) -> None:
    """Make a feed and write its address; without an option, of your own shifts."""
    if schedule and user:
        msg = "name a schedule or a user, not both"
        raise click.UsageError(msg)
    asked = {"subject": "schedule" if schedule else "user"}
    if schedule or user:
        asked["name"] = schedule or user or ""
    answer = output.connect().post("/oncall/feeds", asked)
    output.data(answer, answer["url"])
    output.words(_KEEP)


@feed.command("list")
@command_options
def list_feeds(output: Output) -> None:
    """List feeds, newest first, without their addresses."""
    answer = output.connect().get("/oncall/feeds")
    rows = [
        (
            item["id"],
            f"{item['subject']} {item['name']}",
            item["owner"] or "operator",
            "revoked" if item["revoked_at"] else "open",
            when(item["last_used_at"]) or "never read",
        )
        for item in answer["items"]
    ]
    output.data(answer, table(("feed", "of", "made by", "state", "last read"), rows))
    if not rows:
        output.words("There is none. Make yours: handrail oncall feed create")


@feed.command("rotate")
@click.argument("feed_id", metavar="FEED")
@click.option("--yes", "is_agreed", is_flag=True, help="Do not ask.")
@command_options
def rotate(output: Output, *, feed_id: str, is_agreed: bool) -> None:
    """Give a feed a new address, and write it; the old one stops at once."""
    confirm(f"Whoever reads feed {feed_id} stops. Go on?", is_agreed=is_agreed)
    answer = output.connect().post(f"/oncall/feeds/{path_part(feed_id)}/rotate")
    output.data(answer, answer["url"])
    output.words(_KEEP)


@feed.command("revoke")
@click.argument("feed_id", metavar="FEED")
@click.option("--yes", "is_agreed", is_flag=True, help="Do not ask.")
@command_options
def revoke(output: Output, *, feed_id: str, is_agreed: bool) -> None:
    """Close a feed's address from now on."""
    confirm(f"Whoever reads feed {feed_id} stops. Go on?", is_agreed=is_agreed)
    answer = output.connect().delete(f"/oncall/feeds/{path_part(feed_id)}")
    output.data(answer, "")
    output.words("Revoked.")
