"""The status page: how it stands, and its files, without a running server."""

from pathlib import Path

import click

from handrail.cli.exit_code import ExitCode
from handrail.cli.failure import Failure
from handrail.cli.output import Output, command_options, table, when
from handrail.cli.setting_flags import setting_flags
from handrail.core.errors import DomainError
from handrail.settings import Settings


@click.group()
def status() -> None:
    """See the status page; write its files to any folder."""


@status.command("show")
@command_options
def show(output: Output) -> None:
    """Show what the status page says: every component, and what is open."""
    answer = output.connect().get("/status")
    text = answer["description"]
    rows = [(c["title"], c["status"], c["group"]) for c in answer["components"]]
    if rows:
        text += "\n" + table(("component", "status", "group"), rows)
    for found in answer["incidents"]:
        text += f"\n{found['incident']}  {found['stage']}  {found['title']}"
        if found["next_update_at"]:
            text += f"  (next update by {when(found['next_update_at'])})"
    output.data(answer, text)


@status.command("publish")
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The folder to write; it is made if it is missing.",
)
@click.option("--json", "is_json", is_flag=True, help="Write JSON.")
@setting_flags
def publish(settings: Settings, *, folder: Path, is_json: bool) -> None:
    """Write the status page to a folder, straight from the database.

    It works while no server runs, and beside one that does; it changes nothing in the
    database. Copy the folder to any web server.
    """
    import json

    from handrail.offline import publish_status

    try:
        count = publish_status(settings, folder)
    except DomainError as error:
        step = "name a folder, and the server's own --data-dir or --database-url"
        raise Failure(error.message, next_step=step, code=ExitCode.FAILED) from error
    if is_json:
        click.echo(json.dumps({"folder": str(folder), "files": count}))
    else:
        click.echo(str(folder / "index.html"))
    click.echo(f"Wrote {count} files that are new or changed.", err=True)
