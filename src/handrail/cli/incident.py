"""Incidents: declare one, see them, watch one; the other verbs stand beside this."""

import json
from typing import Any

import click

from handrail.cli import incident_act, incident_record
from handrail.cli.connection import Connection
from handrail.cli.incident_choice import (
    OnIncident,
    incident_facts,
    incident_path,
    incident_table,
    owed,
)
from handrail.cli.output import Output, command_options, when
from handrail.cli.when import PAST

SEVERITY = click.Choice(["SEV1", "SEV2", "SEV3", "SEV4"], case_sensitive=False)
DETECTION = click.Choice(["monitoring", "customer", "employee"])
_OPERATOR = "operator"
"""Who commands what the operator's token declares: no person."""


@click.command()
@click.argument("title", required=False, default="")
@click.option("--severity", type=SEVERITY, help="Else the service's, or to be seen.")
@click.option("--service", metavar="NAME", help="What it is about.")
@click.option("--from-page", "page_id", metavar="PAGE", help="Declare it from a page.")
@click.option("--detected-by", type=DETECTION, help="Who noticed first.")
@click.option("--at", "detected_at", type=PAST, help="When: 14:02, 20m ago.")
@click.option("--private", "is_private", is_flag=True, help="For participants only.")
@command_options
def declare(  # noqa: PLR0913  (one option each)
    output: Output,
    *,
    title: str,
    severity: str | None,
    service: str | None,
    page_id: str | None,
    detected_by: str | None,
    detected_at: str | None,
    is_private: bool,
) -> None:
    """Declare an incident: a title is enough, and declaring it costs nothing.

    You command it until you hand over. As in: handrail declare "Checkout is down"
    """
    if not title and not page_id:
        msg = 'say what is wrong: handrail declare "Checkout is down"'
        raise click.UsageError(msg)
    asked = {
        "title": title,
        "severity": severity,
        "service": service,
        "page_id": page_id,
        "detected_by": detected_by,
        "detected_at": detected_at,
        "is_private": is_private,
    }
    given = {name: value for name, value in asked.items() if value is not None}
    answer = output.connect().post("/incidents", given)
    output.data(answer, incident_facts(answer))
    name = answer["name"]
    output.words(f"Declared; you command {name}. Write down what you see:")
    output.words(f'  handrail incident note {name} "…"')
    if answer["commander"] == _OPERATOR:
        output.words("The operator is no person, and cannot be reminded of promises;")
        output.words(f"name who commands: handrail incident command {name} USER")


@click.group()
def incident() -> None:
    """Respond to incidents: roles, severity, stages, timeline, tasks, updates.

    INC-n may be left out while exactly one incident is responded to.
    """


@incident.command("list")
@click.option("--all", "is_all", is_flag=True, help="Those that are over as well.")
@click.option("--limit", default=50, show_default=True, help="How many at most.")
@click.option("--before", default=0, metavar="N", help="Only numbers below this.")
@command_options
def list_incidents(output: Output, *, is_all: bool, limit: int, before: int) -> None:
    """List incidents, newest first: those that are responded to."""
    state = "all" if is_all else "responding"
    answer = output.connect().get("/incidents", state=state, limit=limit, before=before)
    output.data(answer, incident_table(answer["items"]))
    if not answer["items"]:
        output.words("No incident yet." if is_all else "No incident is responded to.")


@incident.command("show", cls=OnIncident)
@click.option("--at", "known_at", type=PAST, help="As it was known then.")
@command_options
def show_incident(output: Output, *, name: str | None, known_at: str | None) -> None:
    """Show one incident: who does what, what is owed, what was tried, suspects."""
    server = output.connect()
    path = incident_path(server, name)
    answer = server.get(path, known_at=known_at)
    suspects = server.get(f"{path}/suspects")["items"]
    output.data(answer, _whole(answer, suspects))


@incident.command("timeline", cls=OnIncident)
@click.option("--at", "known_at", type=PAST, help="As it was known then.")
@click.option(
    "--kind", type=click.Choice(["human", "machine", "comms"]), help="Only this kind."
)
@click.option("--after", default=0, metavar="N", help="Only entries beyond this one.")
@command_options
def timeline(
    output: Output,
    *,
    name: str | None,
    known_at: str | None,
    kind: str | None,
    after: int,
) -> None:
    """Show what happened, in the order in which it happened."""
    server = output.connect()
    path = incident_path(server, name)
    query = {"known_at": known_at, "kind": kind, "limit": 500}
    answer = server.get(f"{path}/timeline", after=after, **query)
    items, following = answer["items"], answer["next"]
    while following is not None:
        more = server.get(f"{path}/timeline", after=following, **query)
        items, following = items + more["items"], more["next"]
    told = sorted(items, key=lambda e: (e["occurred_at"], e["sequence"]))
    output.data({"items": items, "next": None}, "\n".join(map(_entry, told)))


@incident.command("watch", cls=OnIncident)
@click.option("--after", default=0, metavar="N", help="Only entries beyond this one.")
@command_options
def watch(output: Output, *, name: str | None, after: int) -> None:
    """Write every entry as it comes, until you stop it (Ctrl-C).

    With --json one entry a line.
    """
    server = output.connect()
    path = incident_path(server, name)
    for entry in _entries(server, f"{path}/stream", after):
        if output.is_json:
            click.echo(json.dumps(entry, ensure_ascii=False))
        else:
            click.echo(_entry(entry))


def _entries(server: Connection, path: str, after: int) -> Any:  # noqa: ANN401  (JSON)
    """Yield entries as they come; connects again where the stream ends."""
    while True:
        for line in server.stream(path, after=after):
            if line.startswith("data: "):
                entry = json.loads(line.removeprefix("data: "))
                after = entry["sequence"]
                yield entry


def _entry(entry: dict[str, Any]) -> str:
    pin = "* " if entry["is_pinned"] else ""
    put_right = entry["corrected_by"]
    note = f"  (put right by {put_right})" if put_right else ""
    told = f"{entry['sequence']:>3}  {when(entry['occurred_at'])}  {pin}{entry['what']}"
    return f"{told}  [{entry['actor']}]{note}"


def _whole(answer: dict[str, Any], suspects: list[dict[str, Any]]) -> str:
    lines = [incident_facts(answer)]
    lines += [
        f"{r['role'].replace('_', ' ')}: {r['user']}"
        for r in answer["roles"]
        if r["role"] != "incident_commander"
    ]
    lines += [
        f"owed  {owed(o)} ({o['owner'].replace('_', ' ')})"
        for o in answer["obligations"]
        if o["is_open"]
    ]
    lines += [
        f"tried {when(m['started_at'])}  {m['title']} by {m['by']}: "
        f"{(m['outcome'] or 'not judged yet').replace('_', ' ')}  {m['answer']}"
        f"  [{m['id']}]".rstrip()
        for m in answer["mitigations"]
    ]
    lines += [
        f"task  {'done' if t['done_at'] else 'open'}  {t['title']} "
        f"({t['assignee'] or 'nobody'})  [{t['id']}]"
        for t in answer["tasks"]
    ]
    lines += [
        f"file  {f['name']}  {f['note']}  [{f['id']}]" for f in answer["evidence"]
    ]
    lines += [
        f"suspect  {s['change']['title']} {s['change']['version']}: {s['reason']}"
        for s in suspects
    ]
    return "\n".join(lines)


for _command in (*incident_act.COMMANDS, *incident_record.COMMANDS):
    incident.add_command(_command)
