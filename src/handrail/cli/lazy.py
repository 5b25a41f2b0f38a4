"""Groups that know their commands by name, and import one when it is run.

Importing a command costs its imports, and at three in the morning ``handrail ack``
should answer at once.
"""

import gc
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType

import click
from typing_extensions import override

Places = Mapping[str, tuple[str, str]]
"""From a command's name to its place, ``module:attribute``, and what it does."""


class LazyGroup(click.Group):
    """A group that imports a command when it is run, and none to list them.

    Subclasses say where the commands are, in sections with a title each.
    """

    sections: Mapping[str, Places] = {}

    @property
    def places(self) -> dict[str, tuple[str, str]]:
        """Return every command's place and description."""
        return {
            name: place
            for section in self.sections.values()
            for name, place in section.items()
        }

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(self.places)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = self.places.get(cmd_name)
        if place is None:
            return None
        module, attribute = place[0].split(":")
        command = getattr(_imported(module), attribute)
        assert isinstance(command, click.Command)
        return command

    @override
    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        self.commands = dict.fromkeys(self.places, click.Command(None))  # to suggest
        return super().resolve_command(ctx, args)

    @override
    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        for title, section in self.sections.items():
            with formatter.section(title):
                formatter.write_dl(
                    [(name, words) for name, (_, words) in section.items()]
                )


def _imported(module: str) -> ModuleType:
    """Import a command's module, without a look for garbage: nothing imported is any.

    Looking cost a tenth of the server's start.
    """
    gc.disable()
    try:
        return import_module(f"handrail.cli.{module}")
    finally:
        gc.enable()
