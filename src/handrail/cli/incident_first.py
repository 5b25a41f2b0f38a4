"""What must come first where an incident may not end yet, as commands to paste."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from handrail.cli.connection import Connection
from handrail.cli.exit_code import ExitCode
from handrail.cli.failure import Failure

_KEEPS: Mapping[str, str] = {
    "severity_assessed": "incident severity {name} SEV2",
    "responder_acknowledged": "page list",
    "communications_lead_named": "incident role {name} communications_lead",
    "scribe_named": "incident role {name} scribe",
    "executives_told": 'incident update {name} --to executives "…"',
    "stakeholders_told": 'incident update {name} --to stakeholders "…"',
    "public_notice": 'notice publish {name} --stage investigating "…"',
    "next_update": 'incident update {name} "…"',
    "postmortem_published": "postmortem publish {name}",
}
"""From what is owed to the command that keeps the promise."""
_TAKE = "take command"


@contextmanager
def naming_what_comes_first(server: Connection, path: str) -> Iterator[None]:
    """Name the commands that must come first, where the server refuses an ending.

    Raises:
        Failure: The server refused; its next step is what stands in the way.
    """
    try:
        yield
    except Failure as refusal:
        if refusal.exit_code != ExitCode.CONFLICT:
            raise
        first = _first(server.get(path), refusal.message)
        if not first:
            raise
        step = "\n  → ".join(f"handrail {command}" for command in first)
        raise Failure(
            refusal.message, next_step=step, code=ExitCode.CONFLICT
        ) from refusal


def _first(incident: Mapping[str, Any], refusal: str) -> list[str]:
    """Return the commands that stand in the way, in the order they are due."""
    name = incident["name"]
    if not incident["is_responding"]:
        return [f"incident show {name}"]
    found = []
    if _TAKE in refusal:
        found.append(f"incident command {name}")
    if incident["stage"] != "resolve":
        found.append(f'incident mitigated {name} "…"')
    if incident["public_told_at"] and not incident["all_clear_at"]:
        found.append(f'notice publish {name} --stage resolved "…"')
    owed = [one["kind"] for one in incident["obligations"] if one["is_open"]]
    found += [_KEEPS[kind].format(name=name) for kind in owed if kind in _KEEPS]
    if owed:
        found.append(f"incident resolve {name} --despite-obligations")
    return list(dict.fromkeys(found))
