"""Sign-in links for people, and whether their contact methods reach them."""

from datetime import timedelta

import click

from handrail.cli.connection import path_part
from handrail.cli.output import Output, command_options, table, when
from handrail.core import limits


@click.group()
def user() -> None:
    """Sign-in links for people, and whether their contact methods reach them."""


@user.command("link")
@click.argument("name")
@command_options
def link(output: Output, *, name: str) -> None:
    """Make a link that signs a person in once; hand it over yourself."""
    answer = output.connect().post(f"/users/{path_part(name)}/link")
    output.data(answer, answer["url"])
    minutes = limits.SIGN_IN_LINK_LIFE // timedelta(minutes=1)
    output.words(f"It works once, within {minutes} minutes.")


@user.command("contacts")
@click.option("--user", "name", metavar="NAME", help="By default yourself.")
@command_options
def contacts(output: Output, *, name: str | None) -> None:
    """List a person's contact methods, and when each was last shown to work."""
    answer = output.connect().get("/contact-methods", user=name)
    headings = ("method", "kind", "carried by", "last shown", "counts until")
    rows = [
        (
            item["name"],
            item["kind"],
            item["provider"],
            when(item["verified_at"]) or "never",
            when(item["counts_until"]) or "-",
        )
        for item in answer["items"]
    ]
    output.data(answer, table(headings, rows))


@user.command("test-contact")
@click.argument("method", required=False)
@click.option("--user", "name", metavar="NAME", help="By default yourself.")
@command_options
def test_contact(output: Output, *, method: str | None, name: str | None) -> None:
    """Send a test over contact METHOD, or over each; press the link it brings.

    The link, pressed, shows that pages sent so reach you: `handrail oncall prove`
    counts that for 90 days, unless the configuration says otherwise.
    """
    named = {"user": name, "method": method}
    asked = [f"{key}={path_part(value)}" for key, value in named.items() if value]
    answer = output.connect().post("/contact-methods/test?" + "&".join(asked))
    output.data(answer, "\n".join(answer["methods"]))
    who = f"{name} opens" if name else "Open"
    press = "presses" if name else "press"
    output.words(f"On its way. {who} the link in the message and {press} its button.")
