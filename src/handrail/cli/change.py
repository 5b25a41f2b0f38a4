"""Changes: report a deploy, see what was reported."""

import click

from handrail.cli.output import Output, command_options, table, when
from handrail.cli.when import PAST

KIND = click.Choice(
    ["deploy", "flag", "migration", "configuration", "infrastructure", "other"]
)


@click.group()
def change() -> None:
    """Report and list changes, so that incidents can show suspects."""


@change.command("report")
@click.argument("title")
@click.option("--service", metavar="NAME", help="What it changed.")
@click.option("--version", default="", help="What is live now.")
@click.option("--kind", type=KIND, default="deploy", show_default=True)
@click.option("--link", default="", metavar="URL", help="To the change itself.")
@click.option("--by", "changed_by", default="", help="Who or what changed it.")
@click.option("--at", type=PAST, help="When it took effect: 14:02, 20m ago.")
@command_options
def report(  # noqa: PLR0913  (one option each)
    output: Output,
    *,
    title: str,
    service: str | None,
    version: str,
    kind: str,
    link: str,
    changed_by: str,
    at: str | None,
) -> None:
    """Report a change that took effect."""
    asked = {
        "title": title,
        "service": service,
        "version": version,
        "kind": kind,
        "link": link,
        "changed_by": changed_by,
        "occurred_at": at,
    }
    answer = output.connect().post("/changes", asked)
    output.data(answer, answer["id"])
    output.words("Reported.")


@change.command("list")
@click.option("--service", metavar="NAME", help="Only of this service.")
@click.option("--limit", default=50, show_default=True, help="How many at most.")
@command_options
def list_changes(output: Output, *, service: str | None, limit: int) -> None:
    """List changes, last reported first."""
    answer = output.connect().get("/changes", service=service, limit=limit)
    rows = [
        (
            when(item["occurred_at"]),
            item["kind"],
            item["service"],
            item["version"],
            item["changed_by"],
            item["title"],
        )
        for item in answer["items"]
    ]
    headings = ("took effect", "kind", "service", "version", "by", "title")
    output.data(answer, table(headings, rows))
    if not rows:
        output.words("No change was reported.")
