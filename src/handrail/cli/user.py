"""Sign-in links for people."""

import click

from handrail.cli.connection import path_part
from handrail.cli.output import Output, command_options


@click.group()
def user() -> None:
    """Sign-in links for people."""


@user.command("link")
@click.argument("name")
@command_options
def link(output: Output, *, name: str) -> None:
    """Make a link that signs a person in once; hand it over yourself."""
    answer = output.connect().post(f"/users/{path_part(name)}/link")
    output.data(answer, answer["url"])
    output.words("It works once, and not for long.")
