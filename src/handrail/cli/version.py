"""What runs here."""

import platform
from importlib.metadata import version as installed_version

import click

from handrail.cli.output import Output, command_options


@click.command()
@command_options
def version(output: Output) -> None:
    """Say which Handrail and which Python this is."""
    answer = {
        "handrail": installed_version("handrail"),
        "python": platform.python_version(),
    }
    output.data(answer, f"handrail {answer['handrail']} (Python {answer['python']})")
