"""Mitigations: the catalogue, dry runs and runs, and what was tried by hand."""

from typing import Any

import click

from handrail.cli.incident_choice import OnIncident, incident_path, tell
from handrail.cli.output import Output, command_options, table
from handrail.cli.when import PAST

KIND = click.Choice(
    [
        "roll_back",
        "fail_over",
        "shed_load",
        "flag_off",
        "scale_up",
        "restart",
        "custom",
    ]
)
OUTCOME = click.Choice(
    ["worked", "helped_partly", "did_not_help", "made_worse", "failed", "unknown"]
)


@click.group()
def mitigation() -> None:
    """Stop the bleeding: what is known to help, and what was tried."""


@mitigation.command("list", cls=OnIncident)
@command_options
def list_mitigations(output: Output, *, name: str | None) -> None:
    """List the catalogue, or what of it suits INC-n."""
    server = output.connect()
    path = f"{incident_path(server, name)}/mitigations" if name else "/mitigations"
    answer = server.get(path)
    rows = [
        (
            item["name"],
            item["kind"],
            "by itself" if item["is_automatic"] else "by hand",
            item["environment"],
            item["services"] or "any",
            item["manual"] or item["description"],
        )
        for item in answer["items"]
    ]
    headings = ("name", "kind", "how", "where", "services", "what")
    output.data(answer, table(headings, rows))
    if not rows:
        output.words("The catalogue is empty; docs/configuration.md: mitigation")


@mitigation.command("run", cls=OnIncident)
@click.argument("mitigation", metavar="NAME")
@click.argument("incident", metavar="[INC-n]", required=False)
@click.option("--dry-run", is_flag=True, help="Show the request; send nothing.")
@click.option("--confirm", default="", metavar="TARGET", help="Its target's name.")
@command_options
def run(
    output: Output,
    *,
    name: str | None,
    mitigation: str,
    incident: str | None,
    dry_run: bool,
    confirm: str,
) -> None:
    """Have a mitigation of the catalogue carried out, once at most."""
    server = output.connect()
    path = f"{incident_path(server, name or incident)}/mitigations"
    if dry_run:
        answer = server.post(f"{path}/dry-run", {"mitigation": mitigation})
        output.data(answer, _request(answer))
        typed = f" --confirm {answer['confirm']!r}" if answer["confirm"] else ""
        go = f"handrail mitigation run {mitigation} {answer['incident']}{typed}"
        output.words(f"Nothing was sent. To send it: {go}")
        return
    asked = {"mitigation": mitigation, "confirm": confirm}
    answer = server.post(f"{path}/run", asked)
    tried = answer["mitigations"][-1]
    tell(output, answer, "It is being carried out; see: handrail incident timeline")
    judge = f"handrail mitigation judge {answer['name']} {tried['id']} worked"
    output.words(f"Then say whether it helped: {judge}")


@mitigation.command("tried", cls=OnIncident)
@click.argument("title")
@click.option("--by", metavar="USER", help="Who; you by default.")
@click.option("--at", type=PAST, help="When: 14:02, 20m ago.")
@click.option("--kind", type=KIND, default="custom", show_default=True)
@command_options
def tried(
    output: Output,
    *,
    name: str | None,
    title: str,
    by: str | None,
    at: str | None,
    kind: str,
) -> None:
    """Record what is or was tried by hand."""
    server = output.connect()
    asked = {"title": title, "by": by, "at": at, "kind": kind}
    answer = server.post(f"{incident_path(server, name)}/mitigations", asked)
    made = answer["mitigations"][-1]["id"]
    judge = f"handrail mitigation judge {answer['name']} {made} worked"
    tell(output, answer, f"Recorded. Whether it helped: {judge}")


@mitigation.command("judge", cls=OnIncident)
@click.argument("mitigation_id", metavar="ID")
@click.argument("outcome", type=OUTCOME)
@click.option("--remark", default="", help="In a few words.")
@command_options
def judge(
    output: Output, *, name: str | None, mitigation_id: str, outcome: str, remark: str
) -> None:
    """Say whether it helped; one that worked stops the impact."""
    server = output.connect()
    path = f"{incident_path(server, name)}/mitigations/{mitigation_id}/judge"
    answer = server.post(path, {"outcome": outcome, "remark": remark})
    tell(output, answer, f"Judged: {outcome.replace('_', ' ')}.")


def _request(answer: dict[str, Any]) -> str:
    lines = [f"{answer['method']} {answer['url']}"]
    lines += [f"{header['name']}: {header['value']}" for header in answer["headers"]]
    lines += ["", answer["body"]] if answer["body"] else []
    lines += [f"missing secret: {reference}" for reference in answer["missing"]]
    return "\n".join(lines)
