"""The one reader of the environment: what an operator can set, and nothing else.

Every setting is a field of `Settings`, a variable ``HANDRAIL_<NAME>`` and a flag
``--<name>`` of the commands that run on the server's machine; the flag wins. What
belongs to a team (people, schedules, policies) is configuration, not a setting.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from enum import StrEnum, unique
from pathlib import Path
from typing import Any, TypeVar

from handrail.core.errors import InvalidError

PREFIX = "HANDRAIL_"
CLIENT_VARIABLES = frozenset({"HANDRAIL_URL", "HANDRAIL_TOKEN", "HANDRAIL_CONTEXT"})
"""Variables of the command line's client side; see ``handrail.cli.profile``."""

_Choice = TypeVar("_Choice", bound=StrEnum)
_PORT_MAX = 65535
_SECRET_KEY_CHARS_MIN = 32


@unique
class SmtpTls(StrEnum):
    """How the connection to the mail server is secured."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@unique
class LogFormat(StrEnum):
    """How log lines are written."""

    TEXT = "text"
    JSON = "json"


@unique
class LogLevel(StrEnum):
    """Which log lines are written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def _text(value: str) -> str:
    return value


def _path(value: str) -> Path:
    return Path(value).expanduser()


def _optional_path(value: str) -> Path | None:
    return Path(value).expanduser() if value else None


def _address(value: str) -> str:
    split_address(value)
    return value


def _port(value: str) -> int:
    number = int(value) if value.isascii() and value.isdigit() else 0
    if not 1 <= number <= _PORT_MAX:
        msg = "must be a port number from 1 to 65535"
        raise ValueError(msg)
    return number


def _url(value: str) -> str:
    if value and not value.startswith(("http://", "https://")):
        msg = "must begin with http:// or https://"
        raise ValueError(msg)
    return value.rstrip("/")


def _database(value: str) -> str:
    known = ("sqlite:///", "postgresql://", "postgres://")
    if value and not value.startswith(known):
        msg = f"must begin with one of {', '.join(known)}"
        raise ValueError(msg)
    return value


def _secret_key(value: str) -> str:
    if value and len(value) < _SECRET_KEY_CHARS_MIN:
        msg = f"must have at least {_SECRET_KEY_CHARS_MIN} characters"
        raise ValueError(msg)
    return value


def _reference(value: str) -> str:
    if value and not value.startswith(("env:", "file:")):
        msg = "must be a reference, env:NAME or file:PATH, not the secret itself"
        raise ValueError(msg)
    return value


def _networks(value: str) -> tuple[str, ...]:
    from ipaddress import ip_network

    networks = tuple(part.strip() for part in value.split(",") if part.strip())
    for network in networks:
        ip_network(network)
    return networks


def _smtp_tls(value: str) -> SmtpTls:
    return _choice(SmtpTls, value)


def _log_format(value: str) -> LogFormat:
    return _choice(LogFormat, value)


def _log_level(value: str) -> LogLevel:
    return _choice(LogLevel, value)


def _choice(kind: type[_Choice], value: str) -> _Choice:
    try:
        return kind(value)
    except ValueError as error:
        msg = f"must be one of {', '.join(kind)}"
        raise ValueError(msg) from error


def _spec(
    parse: Callable[[str], object], default: str, *, unit: str, words: str
) -> dict[str, object]:
    return {"parse": parse, "default": default, "unit": unit, "help": words}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything an operator can set; each field's metadata has its unit and help."""

    listen: str = field(
        metadata=_spec(
            _address,
            "127.0.0.1:8080",
            unit="host:port",
            words="Where the server listens; port 0 takes a free one.",
        )
    )
    base_url: str = field(
        metadata=_spec(
            _url,
            "",
            unit="URL",
            words="Where people reach the console; links in messages begin with it. "
            "Empty: http://localhost and the port listened on.",
        )
    )
    data_dir: Path = field(
        metadata=_spec(
            _path,
            "./data",
            unit="folder",
            words="Where the database, the secret key and the operator's token are.",
        )
    )
    status_dir: Path | None = field(
        metadata=_spec(
            _optional_path,
            "",
            unit="folder",
            words="Where the status page's files are written. "
            "Empty: status in the data folder.",
        )
    )
    database_url: str = field(
        metadata=_spec(
            _database,
            "",
            unit="URL",
            words="sqlite:///PATH or postgresql://USER@HOST/NAME. "
            "Empty: SQLite in the data folder.",
        )
    )
    secret_key: str = field(
        metadata=_spec(
            _secret_key,
            "",
            unit="text",
            words="Signs links and sessions; the same on every process. "
            "Empty: made once and kept in the data folder.",
        )
    )
    smtp_host: str = field(
        metadata=_spec(
            _text,
            "",
            unit="host name",
            words="The mail server. Empty: e-mail cannot be sent, and attempts say so.",
        )
    )
    smtp_port: int = field(
        metadata=_spec(_port, "587", unit="port", words="The mail server's port.")
    )
    smtp_tls: SmtpTls = field(
        metadata=_spec(
            _smtp_tls,
            "starttls",
            unit="starttls, tls or none",
            words="How the connection to the mail server is secured.",
        )
    )
    smtp_user: str = field(
        metadata=_spec(
            _text,
            "",
            unit="text",
            words="User name at the mail server; empty: no log-in.",
        )
    )
    smtp_password: str = field(
        metadata=_spec(
            _reference,
            "",
            unit="env:NAME or file:PATH",
            words="Where the password for the mail server is.",
        )
    )
    smtp_sender: str = field(
        metadata=_spec(
            _text,
            "handrail@localhost",
            unit="e-mail address",
            words="Whom messages are from.",
        )
    )
    smtp_ca_file: Path | None = field(
        metadata=_spec(
            _optional_path,
            "",
            unit="file",
            words="Certificates to trust for the mail server. Empty: the system's.",
        )
    )
    outgoing_allow: tuple[str, ...] = field(
        metadata=_spec(
            _networks,
            "",
            unit="networks, comma-separated",
            words="Private networks that webhooks may be sent to, as in 10.1.0.0/16. "
            "Empty: public addresses only.",
        )
    )
    trusted_proxies: tuple[str, ...] = field(
        metadata=_spec(
            _networks,
            "127.0.0.1/32,::1/128",
            unit="networks, comma-separated",
            words="Reverse proxies whose X-Forwarded-For and -Proto are believed.",
        )
    )
    log_format: LogFormat = field(
        metadata=_spec(
            _log_format, "text", unit="text or json", words="How log lines are written."
        )
    )
    log_level: LogLevel = field(
        metadata=_spec(
            _log_level,
            "info",
            unit="debug, info, warning or error",
            words="Which log lines are written.",
        )
    )

    @property
    def host(self) -> str:
        """Return the host to listen on."""
        return split_address(self.listen)[0]

    @property
    def port(self) -> int:
        """Return the port to listen on; 0 for any free one."""
        return split_address(self.listen)[1]

    @property
    def status_folder(self) -> Path:
        """Return where the status page's files are written."""
        return self.status_dir or self.data_dir / "status"

    @property
    def database(self) -> str:
        """Return the database URL that is meant, SQLite's with an absolute path."""
        if self.database_url:
            return self.database_url
        return f"sqlite:///{(self.data_dir / 'handrail.db').resolve()}"


def load(flags: Mapping[str, str | None]) -> Settings:
    """Read every setting from the flags, then the environment, then its default.

    Args:
        flags: Field name to text as given on the command line; none where not given.

    Raises:
        InvalidError: A value is wrong; names its variable or flag.
    """
    values: dict[str, object] = {}
    for spec in fields(Settings):
        given = flags.get(spec.name)
        place = flag(spec) if given is not None else variable(spec)
        text = given
        if text is None:
            text = os.environ.get(variable(spec), spec.metadata["default"])
        try:
            values[spec.name] = spec.metadata["parse"](text.strip())
        except ValueError as error:
            msg = f"{place}={text!r}: {error}"
            raise InvalidError(msg, fields={place: str(error)}) from error
    return Settings(**values)  # type: ignore[arg-type]  # each parser makes its type


def unknown_variables() -> dict[str, str]:
    """Return HANDRAIL_ variables that mean nothing, each with the nearest known one.

    A variable without a near relative is taken for a secret that some ``env:NAME``
    refers to, and left alone.
    """
    from difflib import get_close_matches

    known = [variable(spec) for spec in fields(Settings)]
    found = {}
    for name in sorted(os.environ):
        if not name.startswith(PREFIX) or name in known or name in CLIENT_VARIABLES:
            continue
        if near := get_close_matches(name, known, n=1, cutoff=0.85):
            found[name] = near[0]
    return found


def environment() -> Mapping[str, str]:
    """Return the environment, for the command line's profile and for ``env:NAME``."""
    return os.environ


def variable(spec: "Field[Any]") -> str:
    """Return the name of the setting's environment variable."""
    return PREFIX + spec.name.upper()


def flag(spec: "Field[Any]") -> str:
    """Return the setting's command-line flag."""
    return "--" + spec.name.replace("_", "-")


def split_address(address: str) -> tuple[str, int]:
    """Return host and port of ``host:port``; IPv6 hosts are in brackets.

    Raises:
        ValueError: There is no host or no port from 0 to 65535.
    """
    host, colon, port = address.rpartition(":")
    number = int(port) if port.isascii() and port.isdigit() else -1
    bare = host.removeprefix("[").removesuffix("]")
    if not colon or not bare or not 0 <= number <= _PORT_MAX:
        msg = "must be host:port, as in 127.0.0.1:8080 or [::1]:8080"
        raise ValueError(msg)
    return bare, number
