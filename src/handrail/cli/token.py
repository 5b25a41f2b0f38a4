"""Tokens for programs."""

import click

from handrail.cli.connection import path_part
from handrail.cli.output import Output, command_options, confirm, table, when


@click.group()
def token() -> None:
    """Tokens for programs."""


@token.command("create")
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice(["admin", "responder", "observer"]),
    default="responder",
    show_default=True,
    help="What it may do; never more than you.",
)
@click.option("--expires", metavar="INSTANT", help="As in 2026-12-31T00:00:00Z.")
@command_options
def create(output: Output, *, name: str, role: str, expires: str | None) -> None:
    """Make a token that acts as you, and write it; it is told this once."""
    asked = {"name": name, "role": role}
    if expires:
        asked["expires_at"] = expires
    answer = output.connect().post("/tokens", asked)
    output.data(answer, answer["secret"])
    output.words("Keep it now; it is not shown again. It goes into HANDRAIL_TOKEN.")


@token.command("list")
@command_options
def list_tokens(output: Output) -> None:
    """List tokens, newest first, without their secrets."""
    answer = output.connect().get("/tokens")
    rows = [
        (
            item["id"],
            item["name"],
            item["role"],
            item["owner"] or "operator",
            _state(item),
            when(item["last_used_at"]) or "never used",
        )
        for item in answer["items"]
    ]
    headings = ("token", "name", "role", "owner", "state", "last used")
    output.data(answer, table(headings, rows))


@token.command("revoke")
@click.argument("token_id", metavar="TOKEN")
@click.option("--yes", "is_agreed", is_flag=True, help="Do not ask.")
@command_options
def revoke(output: Output, *, token_id: str, is_agreed: bool) -> None:
    """Refuse a token from now on."""
    confirm(f"Whatever uses token {token_id} stops. Go on?", is_agreed=is_agreed)
    answer = output.connect().delete(f"/tokens/{path_part(token_id)}")
    output.data(answer, "")
    output.words("Revoked.")


def _state(item: dict[str, str | None]) -> str:
    if item["revoked_at"]:
        return "revoked"
    return f"until {when(item['expires_at'])}" if item["expires_at"] else "valid"
