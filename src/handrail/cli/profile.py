"""Which server a command talks to, and as whom.

In this order: ``--url``; ``HANDRAIL_URL`` and ``HANDRAIL_TOKEN``; the context that
``--context``, ``HANDRAIL_CONTEXT`` or the profile itself names; and at last this
machine, with the token that ``handrail serve`` left in its data folder.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handrail.cli.exit_code import ExitCode
from handrail.cli.failure import Failure

LOCAL_URL = "http://localhost:8080"
OPERATOR_TOKEN_FILE = "operator.token"  # noqa: S105 - a file's name
ADDRESS_FILE = "server.address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Where to and as whom.

    Attributes:
        url: Of the server, without a trailing slash.
        token: Bearer token, or "" where none was found.
        source: Where the URL came from, in words, for errors.
        token_source: Where the token came from, likewise.
    """

    url: str
    token: str
    source: str
    token_source: str


def resolve(
    environment: Mapping[str, str], *, url: str | None, context: str | None
) -> Profile:
    """Return the profile that a command should use.

    Raises:
        Failure: The profile file cannot be read, or has no such context.
    """
    token = environment.get("HANDRAIL_TOKEN", "")
    given = url or environment.get("HANDRAIL_URL", "")
    if given:
        return _with_local_token(given, token, environment, source="HANDRAIL_URL")
    path = profile_path(environment)
    wanted = context or environment.get("HANDRAIL_CONTEXT", "")
    if path.exists() or wanted:
        found = _context(path, wanted)
        source = f"{path}: {found.source}"
        return Profile(
            url=found.url,
            token=token or found.token,
            source=source,
            token_source="HANDRAIL_TOKEN" if token else source,
        )
    local = data_dir(environment) / ADDRESS_FILE
    address = local.read_text(encoding="utf-8").strip() if local.is_file() else ""
    return _with_local_token(
        address or LOCAL_URL, token, environment, source="this machine"
    )


def profile_path(environment: Mapping[str, str]) -> Path:
    """Return where the profile is: ``$XDG_CONFIG_HOME/handrail/profile.toml``."""
    home = environment.get("XDG_CONFIG_HOME", "") or "~/.config"
    return Path(home).expanduser() / "handrail" / "profile.toml"


def data_dir(environment: Mapping[str, str]) -> Path:
    """Return the local server's data folder."""
    return Path(environment.get("HANDRAIL_DATA_DIR", "") or "./data").expanduser()


def is_local(url: str) -> bool:
    """Return whether the URL names this very machine."""
    authority = url.partition("://")[2].partition("/")[0].rpartition("@")[2]
    host = authority.partition("]")[0] + "]"
    if not authority.startswith("["):
        host = authority.partition(":")[0]
    return host in {"localhost", "127.0.0.1", "[::1]"}


def _with_local_token(
    url: str, token: str, environment: Mapping[str, str], *, source: str
) -> Profile:
    # The operator's token never leaves this machine: it is for a local server only.
    token_source = "HANDRAIL_TOKEN"  # noqa: S105 - a variable's name
    if not token and is_local(url):
        path = data_dir(environment) / OPERATOR_TOKEN_FILE
        token_source = str(path)
        try:
            token = path.read_text(encoding="utf-8").strip()
        except OSError:
            token = ""
    return Profile(
        url=url.rstrip("/"), token=token, source=source, token_source=token_source
    )


def _context(path: Path, wanted: str) -> Profile:
    import tomllib

    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        msg = f"the profile {path} cannot be read: {error}"
        raise Failure(
            msg, next_step="docs/cli.md shows one", code=ExitCode.USAGE
        ) from error
    contexts: Mapping[str, Mapping[str, Any]] = content.get("contexts", {})
    name = wanted or str(content.get("context", ""))
    if not name and len(contexts) == 1:
        name = next(iter(contexts))
    found = contexts.get(name)
    if found is None or not found.get("url"):
        have = ", ".join(contexts) or "none"
        msg = f"the profile {path} has no context {name!r} with a url; it has: {have}"
        raise Failure(
            msg, next_step="name one with --context NAME", code=ExitCode.USAGE
        )
    return Profile(
        url=str(found["url"]).rstrip("/"),
        token=_token(found, path),
        source=f"context {name}",
        token_source=f"context {name}",
    )


def _token(context: Mapping[str, Any], path: Path) -> str:
    if "token_file" not in context:
        return str(context.get("token", ""))
    file = path.parent / Path(str(context["token_file"])).expanduser()
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError as error:
        msg = f"the token file {file} cannot be read: {error.strerror}"
        raise Failure(
            msg, next_step=f"see token_file in {path}", code=ExitCode.AUTH
        ) from error
