"""Write the commands' reference into docs/cli.md, or with --check compare it."""

import sys
from pathlib import Path

import click

from handrail.cli.main import SECTIONS, cli

DOCUMENT = Path(__file__).parents[1] / "docs" / "cli.md"
BEGIN = "<!-- commands: written by `make docs` -->\n"
EVERYWHERE = {"is_json", "is_quiet", "url", "context", "help"}
SETTING_FLAGS = {"serve", "backup", "restore"}


def main() -> None:
    """Bring the document up to date, or fail if it is not."""
    text = DOCUMENT.read_text(encoding="utf-8")
    head, marker, present = text.partition(BEGIN)
    assert marker, f"{DOCUMENT.name} lost its marker {BEGIN!r}"
    wanted = "\n".join(_lines())
    if "--check" in sys.argv:
        if present != wanted:
            sys.exit(f"{DOCUMENT.name} is not what the commands say; run: make docs")
        return
    DOCUMENT.write_text(head + marker + wanted, encoding="utf-8")


def _lines() -> list[str]:
    lines: list[str] = []
    context = click.Context(cli, info_name="handrail")
    for title, section in SECTIONS.items():
        lines += ["", f"### {title}"]
        for name in section:
            command = cli.get_command(context, name)
            assert command is not None
            lines += _command(command, f"handrail {name}", context)
    return [*lines, ""]


def _command(command: click.Command, path: str, parent: click.Context) -> list[str]:
    context = click.Context(command, info_name=path.rpartition(" ")[2], parent=parent)
    if isinstance(command, click.Group) and not command.invoke_without_command:
        lines = []
    else:
        usage = " ".join(command.collect_usage_pieces(context)).replace("[OPTIONS]", "")
        lines = ["", f"#### `{' '.join((path + ' ' + usage).split())}`", ""]
        lines += (command.help or "").splitlines()
        lines += ["", command.epilog] if command.epilog else []
        lines += _options(command, context, is_server=path.split()[1] in SETTING_FLAGS)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            lines += _command(inner, f"{path} {name}", context)
    return lines


def _options(
    command: click.Command, context: click.Context, *, is_server: bool
) -> list[str]:
    lines = []
    settings = _setting_names() if is_server else set()
    for parameter in command.get_params(context):
        if parameter.name in EVERYWHERE | settings:
            continue
        record = parameter.get_help_record(context)
        if record is not None:
            lines.append(f"- `{record[0]}` {record[1]}")
    if settings:
        lines.append("- every setting as a flag: see [operations](operations.md)")
    return ["", *lines] if lines else []


def _setting_names() -> set[str]:
    from dataclasses import fields

    from handrail.settings import Settings

    return {spec.name for spec in fields(Settings)}


main()
