"""What people do to an incident, by the command line."""

import click

from handrail.cli.connection import path_part
from handrail.cli.incident_choice import OnIncident, incident_path, tell
from handrail.cli.incident_first import naming_what_comes_first
from handrail.cli.output import Output, command_options
from handrail.cli.when import PAST

SEVERITY = click.Choice(["SEV1", "SEV2", "SEV3", "SEV4"], case_sensitive=False)
DETECTION = click.Choice(["monitoring", "customer", "employee"])
ROLE = click.Choice(["operations", "communications_lead", "scribe", "subject_expert"])


@click.command(cls=OnIncident)
@click.option("--title", help="What it is called.")
@click.option("--summary", help="What it is, in a few sentences.")
@click.option("--service", metavar="SERVICE", help="What it is about.")
@click.option("--detected-by", type=DETECTION, help="Who noticed first.")
@click.option("--detected-at", type=PAST, help="When: 14:02, 20m ago.")
@click.option("--impact-since", type=PAST, help="When: 14:02, 20m ago.")
@command_options
def amend(output: Output, /, *, name: str | None, **given: str | None) -> None:
    """Put facts right; the earlier ones stay in the timeline."""
    facts = {
        "title": given["title"],
        "summary": given["summary"],
        "service": given["service"],
        "detected_by": given["detected_by"],
        "detected_at": given["detected_at"],
        "impact_started_at": given["impact_since"],
    }
    told = {fact: value for fact, value in facts.items() if value is not None}
    if not told:
        msg = "nothing to put right; name a fact, such as --impact-since 14:02"
        raise click.UsageError(msg)
    server = output.connect()
    answer = server.patch(incident_path(server, name), told)
    tell(output, answer, "Put right.")


@click.command(cls=OnIncident)
@click.argument("severity", type=SEVERITY)
@click.option("--reason", default="", help="Why; lowering asks for it.")
@command_options
def severity(output: Output, *, name: str | None, severity: str, reason: str) -> None:
    """Say how bad it is; raising is free, lowering asks for a reason."""
    server = output.connect()
    asked = {"severity": severity, "reason": reason}
    answer = server.post(f"{incident_path(server, name)}/severity", asked)
    tell(output, answer, f"{answer['name']} is {answer['severity']}.")


@click.command(cls=OnIncident)
@click.option("--reason", default="", help="What was confirmed.")
@command_options
def confirm(output: Output, *, name: str | None, reason: str) -> None:
    """End the triage: it is real, and how bad it is is known."""
    server = output.connect()
    answer = server.post(f"{incident_path(server, name)}/confirm", {"reason": reason})
    tell(output, answer, 'What is tried: handrail mitigation tried "…"')


@click.command(cls=OnIncident)
@click.argument("reason")
@click.option("--at", type=PAST, help="When: 14:02, 20m ago; now by default.")
@command_options
def mitigated(output: Output, *, name: str | None, reason: str, at: str | None) -> None:
    """Say that the impact stopped, and how."""
    server = output.connect()
    asked = {"reason": reason, "at": at}
    answer = server.post(f"{incident_path(server, name)}/mitigated", asked)
    tell(output, answer, "When it is over for good: handrail incident resolve")


@click.command(cls=OnIncident)
@click.argument("reason")
@command_options
def recurred(output: Output, *, name: str | None, reason: str) -> None:
    """Say that the impact is back."""
    server = output.connect()
    answer = server.post(f"{incident_path(server, name)}/recurred", {"reason": reason})
    tell(output, answer, "Back to mitigating.")


@click.command(cls=OnIncident)
@click.argument("reason", required=False, default="")
@click.option("--despite-obligations", is_flag=True, help="Although promises are open.")
@click.option("--postmortem", is_flag=True, help="Learn from it in any case.")
@command_options
def resolve(
    output: Output,
    *,
    name: str | None,
    reason: str,
    despite_obligations: bool,
    postmortem: bool,
) -> None:
    """Confirm full recovery; the commander does."""
    server = output.connect()
    asked = {
        "reason": reason,
        "despite_obligations": despite_obligations,
        "wants_postmortem": postmortem,
    }
    path = incident_path(server, name)
    with naming_what_comes_first(server, path):
        answer = server.post(f"{path}/resolve", asked)
    tell(output, answer, f"{answer['name']} is resolved.")


@click.command(cls=OnIncident)
@click.argument("reason")
@command_options
def decline(output: Output, *, name: str | None, reason: str) -> None:
    """Say that it was no incident after all; nobody is blamed for declaring."""
    server = output.connect()
    path = incident_path(server, name)
    with naming_what_comes_first(server, path):
        answer = server.post(f"{path}/decline", {"reason": reason})
    tell(output, answer, f"{answer['name']} is declined.")


@click.command()
@click.argument("name", metavar="INC-n")
@click.argument("into", metavar="INC-m")
@click.option("--reason", default="", help="Why they are the same.")
@command_options
def merge(output: Output, *, name: str, into: str, reason: str) -> None:
    """Let INC-m go on for INC-n as well."""
    asked = {"into": into, "reason": reason}
    answer = output.connect().post(f"/incidents/{path_part(name)}/merge", asked)
    tell(output, answer, f"{answer['name']} goes on for both.")


@click.command()
@click.argument("name", metavar="INC-n")
@click.argument("reason")
@command_options
def reopen(output: Output, *, name: str, reason: str) -> None:
    """Go on with an incident that was over; you command it."""
    server = output.connect()
    path = f"/incidents/{path_part(name)}/reopen"
    tell(output, server.post(path, {"reason": reason}), "Reopened; you command it.")


@click.command(cls=OnIncident)
@click.argument("to", metavar="[USER]", required=False)
@click.option("--reason", default="", help="Why.")
@click.option("--accept", is_flag=True, help="Take the command you were offered.")
@command_options
def command(
    output: Output, *, name: str | None, to: str | None, reason: str, accept: bool
) -> None:
    """Hand command over to USER, or take it."""
    server = output.connect()
    path = f"{incident_path(server, name)}/command"
    if accept:
        answer = server.post(f"{path}/accept", {"reason": reason})
    else:
        answer = server.post(path, {"to": to, "reason": reason})
    tell(output, answer, f"{answer['commander']} commands {answer['name']}.")


@click.command(cls=OnIncident)
@click.argument("role", type=ROLE)
@click.argument("user", required=False)
@click.option("--leave", is_flag=True, help="Give it back.")
@command_options
def role(
    output: Output, *, name: str | None, role: str, user: str | None, leave: bool
) -> None:
    """Take a role, or give it to USER."""
    server = output.connect()
    path = f"{incident_path(server, name)}/roles{'/leave' if leave else ''}"
    answer = server.post(path, {"role": role, "user": user})
    holders = [r["user"] for r in answer["roles"] if r["role"] == role]
    who = ", ".join(holders) or "nobody"
    tell(output, answer, f"{role.replace('_', ' ')}: {who}.")


COMMANDS: tuple[click.Command, ...] = (
    amend,
    severity,
    confirm,
    mitigated,
    recurred,
    resolve,
    decline,
    merge,
    reopen,
    command,
    role,
)
