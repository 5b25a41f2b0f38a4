"""Sign-in links for people."""

from datetime import timedelta

import click

from handrail.cli.connection import path_part
from handrail.cli.output import Output, command_options
from handrail.core import limits


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
    minutes = limits.SIGN_IN_LINK_LIFE // timedelta(minutes=1)
    output.words(f"It works once, within {minutes} minutes.")
