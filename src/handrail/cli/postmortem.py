"""Postmortems: read, write, review and publish what an incident taught."""

from pathlib import Path
from typing import Any

import click

from handrail.cli.connection import Connection, path_part
from handrail.cli.exit_code import ExitCode
from handrail.cli.failure import Failure
from handrail.cli.output import Output, command_options, facts, table, when

_HEADINGS = ("incident", "state", "published", "title")
_KINDS = ("technology", "process", "organisation", "information", "external")


@click.group()
def postmortem() -> None:
    """Write and publish what an incident taught."""


@postmortem.command("list")
@click.option("--limit", default=50, show_default=True, help="How many at most.")
@command_options
def list_postmortems(output: Output, *, limit: int) -> None:
    """List postmortems, those of the latest incidents first."""
    answer = output.connect().get("/postmortems", limit=limit)
    rows = [
        (one["incident"], one["state"], when(one["published_at"]), one["title"])
        for one in answer["items"]
    ]
    output.data(answer, table(_HEADINGS, rows))
    if not rows:
        output.words("No postmortem yet; one begins when an incident is resolved.")


@postmortem.command("draft")
@click.argument("incident", metavar="INCIDENT")
@command_options
def draft(output: Output, *, incident: str) -> None:
    """Begin the postmortem of an incident that need not have one."""
    answer = output.connect().post("/postmortems", {"incident": incident})
    output.data(answer, _told(answer))
    output.words(f"Begun. Write: handrail postmortem edit {answer['incident']}")


@postmortem.command("show")
@click.argument("incident", metavar="INCIDENT")
@click.option("--markdown", "is_markdown", is_flag=True, help="As one document.")
@command_options
def show(output: Output, *, incident: str, is_markdown: bool) -> None:
    """Show an incident's postmortem: how far it is, and what publishing waits for."""
    server = output.connect()
    if is_markdown:
        text = server.get(f"/postmortems/{path_part(incident)}.md")
        output.data({"markdown": text}, text)
        return
    answer = _get(server, incident)
    output.data(answer, _told(answer))


@postmortem.command("edit")
@click.argument("incident", metavar="INCIDENT")
@click.option(
    "--file",
    "path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Take this text instead of opening $EDITOR.",
)
@command_options
def edit(output: Output, *, incident: str, path: Path | None) -> None:
    """Write the sections in $EDITOR; what somebody else changed is not overwritten.

    Questions and facts of the record stand in comments, which are left out. If somebody
    changed the same section meanwhile, your text is kept in a file.
    """
    from handrail.core.postmortem.worksheet import sections_of, version_of

    server = output.connect()
    before = _get(server, incident)
    text = path.read_text(encoding="utf-8") if path else _edited(before)
    if text is None:
        output.words("Nothing was changed.")
        output.data(before, "")
        return
    try:
        written = sections_of(text)
    except ValueError as error:
        raise _kept(text, before["incident"], str(error), ExitCode.USAGE) from error
    known = {section["name"]: section["text"] for section in before["sections"]}
    changed = {str(s): said for s, said in written.items() if said != known[s]}
    version = version_of(text) or before["version"]
    try:
        answer = server.post(
            f"/postmortems/{path_part(incident)}/sections",
            {"version": version, "sections": changed},
        )
    except Failure as refused:
        why = refused.message
        code = ExitCode(refused.exit_code)
        raise _kept(text, before["incident"], why, code) from refused
    output.data(answer, _told(answer))
    output.words(f"Written: {', '.join(changed) or 'nothing new'}.")


@postmortem.command("submit")
@click.argument("incident", metavar="INCIDENT")
@command_options
def submit(output: Output, *, incident: str) -> None:
    """Say that it is written, and ask others to read it."""
    answer = output.connect().post(f"/postmortems/{path_part(incident)}/submit")
    output.data(answer, _told(answer))
    output.words("In review.")


@postmortem.command("publish")
@click.argument("incident", metavar="INCIDENT")
@click.option("--version", type=int, help="The version you read; else the present one.")
@command_options
def publish(output: Output, *, incident: str, version: int | None) -> None:
    """Publish it. What is missing is named, all of it at once."""
    server = output.connect()
    read = version or _get(server, incident)["version"]
    path = f"/postmortems/{path_part(incident)}/publish"
    answer = server.post(path, {"version": read})
    output.data(answer, _told(answer))
    output.words("Published.")


@postmortem.command("reopen")
@click.argument("incident", metavar="INCIDENT")
@click.option("--reason", required=True, help="Why it is written on.")
@command_options
def reopen(output: Output, *, incident: str, reason: str) -> None:
    """Make it a draft again."""
    path = f"/postmortems/{path_part(incident)}/reopen"
    answer = output.connect().post(path, {"reason": reason})
    output.data(answer, _told(answer))
    output.words("It is a draft again.")


@postmortem.group("factor")
def factor() -> None:
    """Contributing factors: there is almost always more than one."""


_made_possible = click.option("--made-possible", help="What made it possible.")
_would_have_caught = click.option("--would-have-caught", help="What would have.")


@factor.command("add")
@click.argument("incident", metavar="INCIDENT")
@click.argument("text")
@click.option("--kind", type=click.Choice(_KINDS), required=True, help="Of what sort.")
@_made_possible
@_would_have_caught
@command_options
def add_factor(
    output: Output,
    *,
    incident: str,
    text: str,
    kind: str,
    made_possible: str | None,
    would_have_caught: str | None,
) -> None:
    """Name a contributing factor."""
    answer = output.connect().post(
        f"/postmortems/{path_part(incident)}/factors",
        {
            "text": text,
            "kind": kind,
            "made_possible": made_possible or "",
            "would_have_caught": would_have_caught or "",
        },
    )
    output.data(answer, answer["factors"][-1]["id"])


@factor.command("change")
@click.argument("incident", metavar="INCIDENT")
@click.argument("factor_id", metavar="FACTOR")
@click.option("--text", help="What contributed.")
@click.option("--kind", type=click.Choice(_KINDS), help="Of what sort.")
@_made_possible
@_would_have_caught
@command_options
def change_factor(
    output: Output, /, *, incident: str, factor_id: str, **given: str | None
) -> None:
    """Change a factor, or answer it; what is not given stays."""
    server = output.connect()
    before = _get(server, incident)
    known = next((f for f in before["factors"] if f["id"] == factor_id), None)
    if known is None:
        msg = f"{before['incident']} has no factor {factor_id}"
        step = f"see them: handrail postmortem show {before['incident']}"
        raise Failure(msg, next_step=step, code=ExitCode.NOT_FOUND)
    kept = {name: known[name] for name in given}
    told = {name: value for name, value in given.items() if value is not None}
    answer = server.post(
        f"/postmortems/{path_part(incident)}/factors/{path_part(factor_id)}",
        {**kept, **told, "version": before["version"]},
    )
    output.data(answer, _factors(answer))


@factor.command("remove")
@click.argument("incident", metavar="INCIDENT")
@click.argument("factor_id", metavar="FACTOR")
@command_options
def remove_factor(output: Output, *, incident: str, factor_id: str) -> None:
    """Say that it did not contribute after all."""
    server = output.connect()
    version = _get(server, incident)["version"]
    path = f"/postmortems/{path_part(incident)}/factors/{path_part(factor_id)}"
    answer = server.delete(f"{path}?version={version}")
    output.data(answer, _factors(answer))


def _get(server: Connection, incident: str) -> dict[str, Any]:
    answer: dict[str, Any] = server.get(f"/postmortems/{path_part(incident)}")
    return answer


def _edited(before: dict[str, Any]) -> str | None:
    """Return what a person made of the sections in their editor; none if nothing."""
    from handrail.core.postmortem.section import Section
    from handrail.core.postmortem.worksheet import worksheet

    sections = {Section(one["name"]): one for one in before["sections"]}
    text = worksheet(
        {name: one["text"] for name, one in sections.items()},
        {name: one["facts"] for name, one in sections.items()},
        name=before["incident"],
        version=before["version"],
    )
    edited = click.edit(text, extension=".md")
    return None if edited == text else edited


def _kept(text: str, incident: str, why: str, code: ExitCode) -> Failure:
    """Keep a text that was not taken, and return the failure that says where."""
    number, path = 1, Path(f"{incident}-postmortem.md")
    while path.exists():
        number += 1
        path = Path(f"{incident}-postmortem-{number}.md")
    path.write_text(text, encoding="utf-8")
    step = f"your text is kept in {path}; edit again: handrail postmortem edit"
    return Failure(why, next_step=step, code=code)


def _told(answer: dict[str, Any]) -> str:
    lines = [
        facts(
            [
                ("incident", answer["incident"]),
                ("title", answer["title"]),
                ("state", answer["state"]),
                ("version", answer["version"]),
                ("published", when(answer["published_at"])),
                ("by", answer["published_by"]),
            ]
        )
    ]
    for section in answer["sections"]:
        state = "written" if section["is_written"] else "not written"
        lines.append(f"  {section['heading']}: {state}")
    lines += [_factors(answer)] if answer["factors"] else []
    lines += [
        f"{item['name']}  {item['state']}  {item['title']}"
        for item in answer["action_items"]
    ]
    lines += [f"missing: {lack['why']}" for lack in answer["missing"]]
    return "\n".join(lines)


def _factors(answer: dict[str, Any]) -> str:
    return "\n".join(
        f"{one['id']}  {one['kind']}  {one['text']}" for one in answer["factors"]
    )
