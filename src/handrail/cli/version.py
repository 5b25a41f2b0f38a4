"""What runs here."""

import platform

import click

from handrail import __version__
from handrail.cli.output import Output, command_options


@click.command()
@command_options
def version(output: Output) -> None:
    """Say which Handrail and which Python this is."""
    answer = {
        "handrail": __version__,
        "python": platform.python_version(),
    }
    output.data(answer, f"handrail {answer['handrail']} (Python {answer['python']})")
