"""What runs here."""

import platform

import click

from handrail import __version__
from handrail.cli.output import Output, command_options


@click.command()
@command_options
def version(output: Output) -> None:
    """Say which Handrail, Python and time-zone rules these are."""
    from handrail.system.tzdata import tzdata_version

    answer = {
        "handrail": __version__,
        "python": platform.python_version(),
        "tzdata": tzdata_version(),
    }
    made_of = f"Python {answer['python']}, time-zone rules {answer['tzdata']}"
    output.data(answer, f"handrail {answer['handrail']} ({made_of})")
