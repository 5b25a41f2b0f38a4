"""What people write into an incident's record, by the command line."""

import mimetypes
from pathlib import Path

import click

from handrail.cli.connection import path_part
from handrail.cli.incident_choice import OnIncident, incident_path, tell
from handrail.cli.output import Output, command_options
from handrail.cli.when import COMING, PAST

AUDIENCE = click.Choice(["responders", "stakeholders", "executives"])


@click.command(cls=OnIncident)
@click.argument("text")
@click.option("--at", type=PAST, help="When it happened: 14:02, 20m ago.")
@command_options
def note(output: Output, *, name: str | None, text: str, at: str | None) -> None:
    """Write down what was seen, tried or decided."""
    server = output.connect()
    asked = {"text": text, "at": at}
    answer = server.post(f"{incident_path(server, name)}/notes", asked)
    tell(output, answer, f"Entry {answer['sequence']}.")


@click.command(cls=OnIncident)
@click.argument("entry", type=int)
@click.argument("text")
@command_options
def correct(output: Output, *, name: str | None, entry: int, text: str) -> None:
    """Put an entry right by a new one; the first stays."""
    server = output.connect()
    asked = {"entry": entry, "text": text}
    answer = server.post(f"{incident_path(server, name)}/corrections", asked)
    tell(output, answer, f"Entry {entry} is put right by {answer['sequence']}.")


@click.command(cls=OnIncident)
@click.argument("entry", type=int)
@click.option("--off", is_flag=True, help="Unpin it.")
@command_options
def pin(output: Output, *, name: str | None, entry: int, off: bool) -> None:
    """Pin an entry that matters, so that it stands above the others."""
    server = output.connect()
    asked = {"entry": entry, "is_pinned": not off}
    answer = server.post(f"{incident_path(server, name)}/pins", asked)
    tell(output, answer, "Unpinned." if off else "Pinned.")


@click.command(cls=OnIncident)
@click.argument("text")
@click.option("--to", "audience", type=AUDIENCE, default="stakeholders")
@click.option("--next", "next_at", type=COMING, help="The next word: 30m, 14:30.")
@command_options
def update(
    output: Output, *, name: str | None, text: str, audience: str, next_at: str | None
) -> None:
    """Tell people inside how it stands; "nothing new" counts."""
    server = output.connect()
    asked = {"text": text, "audience": audience, "next_update_at": next_at}
    answer = server.post(f"{incident_path(server, name)}/updates", asked)
    tell(output, answer, f"{audience} are told.")


@click.group()
def task() -> None:
    """Add, give and finish tasks."""


@task.command("add", cls=OnIncident)
@click.argument("title")
@click.option("--to", "assignee", metavar="USER", help="Whose it is.")
@command_options
def add_task(
    output: Output, *, name: str | None, title: str, assignee: str | None
) -> None:
    """Add something to do."""
    server = output.connect()
    asked = {"title": title, "assignee": assignee}
    answer = server.post(f"{incident_path(server, name)}/tasks", asked)
    done = f"handrail incident task done {answer['name']} {answer['tasks'][-1]['id']}"
    tell(output, answer, f"Added. When it is done: {done}")


@task.command("assign", cls=OnIncident)
@click.argument("task_id", metavar="TASK")
@click.argument("assignee", metavar="[USER]", required=False)
@command_options
def assign_task(
    output: Output, *, name: str | None, task_id: str, assignee: str | None
) -> None:
    """Make a task USER's, or nobody's."""
    server = output.connect()
    path = f"{incident_path(server, name)}/tasks/{task_id}/assign"
    answer = server.post(path, {"assignee": assignee})
    tell(output, answer, f"It is {assignee or 'nobody'}'s.")


@task.command("done", cls=OnIncident)
@click.argument("task_id", metavar="TASK")
@click.option("--not", "is_open", is_flag=True, help="Take it up again.")
@command_options
def finish_task(
    output: Output, *, name: str | None, task_id: str, is_open: bool
) -> None:
    """Say that a task is done."""
    server = output.connect()
    path = f"{incident_path(server, name)}/tasks/{task_id}/done"
    answer = server.post(path, {"is_done": not is_open})
    tell(output, answer, "Open again." if is_open else "Done.")


@click.command(cls=OnIncident)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--note", "words", default="", help="What it shows.")
@command_options
def evidence(output: Output, *, name: str | None, file: Path, words: str) -> None:
    """Keep a file of at most 10 MiB with the incident."""
    server = output.connect()
    path = f"{incident_path(server, name)}/evidence"
    media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    answer = server.upload(
        path, file.read_bytes(), media_type, name=file.name, note=words or None
    )
    tell(output, answer, f"Kept, SHA-256 {answer['evidence'][-1]['sha256']}.")


@click.command(cls=OnIncident)
@click.argument("evidence_id", metavar="EVIDENCE")
@click.option(
    "--to",
    "path",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write; one that is there is not written over.",
)
@command_options
def fetch(output: Output, *, name: str | None, evidence_id: str, path: Path) -> None:
    """Write a kept file to disk; handrail incident show names them."""
    server = output.connect()
    place = f"{incident_path(server, name)}/evidence/{path_part(evidence_id)}"
    content = server.download(place)
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError as error:
        msg = f"{path} is there already; name another file"
        raise click.UsageError(msg) from error
    output.data({"path": str(path), "bytes": len(content)}, str(path))


COMMANDS: tuple[click.Command, ...] = (
    note,
    correct,
    pin,
    update,
    task,
    evidence,
    fetch,
)
