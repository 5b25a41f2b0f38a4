"""Saving and restoring, on the machine of the server: these need no running one."""

from pathlib import Path

import click

from handrail.cli.exit_code import ExitCode
from handrail.cli.failure import Failure
from handrail.cli.setting_flags import setting_flags
from handrail.core.errors import DomainError
from handrail.settings import Settings

_JSON = click.option("--json", "is_json", is_flag=True, help="Write JSON.")
_FILE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))


@click.command()
@_FILE
@_JSON
@setting_flags
def backup(settings: Settings, *, file: Path, is_json: bool) -> None:
    """Write the whole database as of one moment to FILE; the server may be running.

    The secret key and the settings are not in it; keep those apart.
    """
    from handrail.offline import save

    try:
        manifest = save(settings, file)
    except DomainError as error:
        step = "name a new file, and the server's own --data-dir or --database-url"
        raise _failed(error, step) from error
    _tell(file, manifest.rows, is_json=is_json)
    click.echo(f"Saved {manifest.rows} rows to {file}.", err=True)


@click.command()
@_FILE
@_JSON
@setting_flags
def restore(settings: Settings, *, file: Path, is_json: bool) -> None:
    """Fill an empty database from FILE; no server may be running on it.

    The server then starts held: it sends nothing until `handrail held release`.
    """
    from handrail.offline import fill

    try:
        manifest = fill(settings, file)
    except DomainError as error:
        step = "give it an empty place of its own: --data-dir or --database-url"
        raise _failed(error, step) from error
    _tell(file, manifest.rows, is_json=is_json)
    words = f"Restored {manifest.rows} rows, as of {manifest.made_at}. It is held:"
    click.echo(f"{words}\n  handrail serve; then handrail held", err=True)
    if not settings.secret_key:
        words = "Bring the secret.key of that server's data folder along."
        click.echo(words, err=True)


def _failed(error: DomainError, step: str) -> Failure:
    return Failure(error.message, next_step=step, code=ExitCode.FAILED)


def _tell(file: Path, rows: int, *, is_json: bool) -> None:
    import json

    if is_json:
        click.echo(json.dumps({"file": str(file), "rows": rows}))
    else:
        click.echo(str(file))
