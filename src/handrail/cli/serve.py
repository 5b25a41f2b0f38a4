"""Run the server: HTTP, console and engine in one process."""

import contextlib
import gc
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from types import FrameType

import click
import uvicorn
from litestar.types import ASGIApp
from typing_extensions import override

from handrail import __version__
from handrail.bootstrap import Handrail, Streams, start_logging
from handrail.cli.exit_code import ExitCode
from handrail.cli.failure import Failure
from handrail.cli.setting_flags import setting_flags
from handrail.core.errors import DomainError
from handrail.settings import Settings

DRAIN_SECONDS = 1
"""How long requests in flight may still take once the server is told to stop."""
THREAD_TURN_SECONDS = 0.001
"""How long a busy thread may keep the others waiting. The database's threads give up
their turn at every statement; at Python's 5 ms, a burst of requests starved paging."""
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_NEXT_STEPS = {
    "unavailable": "Stop the other one, or give this one its own: --data-dir",
    "conflict": "docs/operations.md: Upgrading, and Backup and restore",
}


@click.command()
@click.option(
    "--accept-new-key", is_flag=True, help="The secret key was changed on purpose."
)
@setting_flags
def serve(settings: Settings, *, accept_new_key: bool) -> None:
    """Run the server until it is told to stop (SIGTERM or Ctrl-C).

    Every flag is also a variable: --smtp-host is HANDRAIL_SMTP_HOST.
    """
    start_logging(settings, sys.stderr)
    sys.setswitchinterval(THREAD_TURN_SECONDS)
    listener = _listen(settings)
    port = listener.getsockname()[1]
    base_url = settings.base_url or f"http://localhost:{port}"
    try:
        handrail = Handrail(
            settings,
            base_url=base_url,
            streams=Streams(pages=sys.stdout, log=sys.stderr),
            is_new_key_accepted=accept_new_key,
        )
    except DomainError as error:
        listener.close()
        step = _NEXT_STEPS.get(error.code, "docs/operations.md lists every setting")
        raise Failure(error.message, next_step=step, code=ExitCode.FAILED) from error

    def on_started() -> None:
        handrail.leave_address(_own_address(settings.host, port))
        _greet(settings, handrail, base_url)

    try:
        handrail.start()
        # What is there by now stays: a collection need not stop paging to look at it.
        gc.freeze()
        server = Server(
            handrail.asgi,
            settings,
            on_started=on_started,
            on_stopping=handrail.end_streams,
        )
        server.run(sockets=[listener])
    finally:
        handrail.stop()
    click.echo("Stopped.", err=True)


class Server(uvicorn.Server):
    """Uvicorn, stopping at once and leaving the rest of the process to us.

    Its own runner ends the process by the signal it caught, before what is in flight
    could be recorded; and it waits for connections that never end.
    """

    def __init__(
        self,
        application: ASGIApp,
        settings: Settings,
        *,
        on_started: Callable[[], None],
        on_stopping: Callable[[], None],
    ) -> None:
        self._on_started = on_started
        self._on_stopping = on_stopping
        super().__init__(
            uvicorn.Config(
                application,
                loop="uvloop" if sys.platform != "win32" else "asyncio",
                http="httptools",
                ws="none",
                lifespan="on",
                log_config=None,
                log_level="warning",
                access_log=False,
                server_header=False,
                proxy_headers=True,
                forwarded_allow_ips=list(settings.trusted_proxies),
                timeout_graceful_shutdown=DRAIN_SECONDS,
                backlog=2048,
            )
        )

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_started()

    @contextlib.contextmanager
    @override
    def capture_signals(self) -> Iterator[None]:
        """Stop at a signal, at once at the second, without passing it on."""
        before = {
            number: signal.signal(number, self.handle_exit) for number in _SIGNALS
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @override
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.force_exit = self.should_exit
        self.should_exit = True
        self._on_stopping()


def _listen(settings: Settings) -> socket.socket:
    """Open the socket before anything else: a taken port is told at once.

    Raises:
        Failure: The address cannot be listened on.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        msg = f"cannot listen on {settings.listen}: {error.strerror}"
        step = "Name another: handrail serve --listen 127.0.0.1:8081"
        raise Failure(msg, next_step=step, code=ExitCode.FAILED) from error
    listener.set_inheritable(True)
    return listener


def _own_address(host: str, port: int) -> str:
    """Return where this machine itself reaches the server."""
    if host in {"0.0.0.0", "::"}:  # noqa: S104  (compared, not bound)
        host = "localhost"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _greet(settings: Settings, handrail: Handrail, base_url: str) -> None:
    lines = [
        f"Handrail {__version__}",
        f"  console   {base_url}",
        f"  e-mail    {_mail(settings)}",
        f"  data      {settings.data_dir.resolve()}",
        f"  database  {_without_password(settings.database)}",
    ]
    if secret := handrail.setup_secret():
        lines += [
            "",
            "Nobody has signed in yet. This link signs you in once, within a day:",
            f"  {base_url}/sign-in/{secret}",
        ]
    click.echo("\n".join(lines), err=True)


def _mail(settings: Settings) -> str:
    if not settings.smtp_host:
        return "none: nobody is told by e-mail until HANDRAIL_SMTP_HOST is set"
    return f"by {settings.smtp_host}, from {settings.smtp_sender}"


def _without_password(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    credentials, at, place = rest.rpartition("@")
    return f"{scheme}{separator}{credentials.partition(':')[0]}{at}{place}"
