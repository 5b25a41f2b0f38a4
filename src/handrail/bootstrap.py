"""The composition root: settings become adapters, use cases get them, drivers run.

The only module that names concrete classes; everything else takes ports.
"""

import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import TextIO

import structlog
from litestar.types import ASGIApp

from handrail import __version__, channels
from handrail.api.app import create_app
from handrail.api.configuration import checked_files
from handrail.api.deps import Deps
from handrail.api.ingest.deps import IngestDeps
from handrail.api.ingest.routes import ingest_routes
from handrail.api.mount import Mount
from handrail.api.stream_hub import StreamHub
from handrail.channel_wiring import channel_settings, sign_in_links
from handrail.core.access.permission import Verb
from handrail.core.configuration.snapshot import TrackerKind
from handrail.core.errors import UnauthenticatedError
from handrail.core.ids import NodeId
from handrail.core.paging import ack_link
from handrail.core.people.contact_method import ChannelKind
from handrail.engine.audit_record import AuditRecord
from handrail.engine.due_work import (
    advance_pages,
    evaluate_alerts,
    less_urgent,
)
from handrail.engine.housekeeping import (
    FollowClock,
    fold_receipts,
    prune,
    reclaim_claims,
)
from handrail.engine.loop import Engine, Progress
from handrail.engine.open_tickets import OpeningParts, OpenTickets
from handrail.engine.prove_coverage import ProveCoverage
from handrail.engine.publish_status import PublishStatus
from handrail.engine.report import Duty
from handrail.engine.run_mitigations import RunMitigations
from handrail.engine.send_deliveries import SendDeliveries, SendingParts
from handrail.engine.tell_shifts import TellShifts
from handrail.settings import Settings, environment
from handrail.sources import found_sources
from handrail.status import files as status_files
from handrail.status.serve import routes as status_routes
from handrail.storage.database import open_store, sqlite_path
from handrail.storage.sqlite_driver import is_wal_safe, sqlite_version
from handrail.system import logging
from handrail.system.address_guard import AddressGuard
from handrail.system.calendar_format import Icalendar
from handrail.system.clock import ClockStep, SystemClock
from handrail.system.data_folder import DataFolder
from handrail.system.document_reader import YamlDocumentReader
from handrail.system.http_client import AiohttpClient
from handrail.system.id_source import RandomIds
from handrail.system.telemetry import Telemetry
from handrail.system.tzdata import pin, tzdata_version
from handrail.system.vault import KeyVault, load_key
from handrail.system.watchdog import Watchdog
from handrail.trackers.webhook import WebhookTracker
from handrail.usecases import access, configuration, evaluation, installation
from handrail.usecases.coverage_proofs import Proofs
from handrail.usecases.message import compose
from handrail.web.deps import Console
from handrail.web.routes import error_page, routes

OPERATOR_TOKEN_FILE = "operator.token"  # noqa: S105 - a file's name
ADDRESS_FILE = "server.address"
STUCK_SECONDS = 90.0
"""An engine round takes milliseconds; after this long something waits for ever."""
URGENT_THREADS = 4
"""For acknowledging alone; each waits for one commit of some milliseconds."""
TICKETS_FINISH_SECONDS = 2.0
"""What is cut off is sent again under the same key, which opens nothing twice."""
SENDS_FINISH_SECONDS = 11.0
"""One attempt's timeout and a little: what is in flight at a stop may finish."""
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Streams:
    """Where the process writes: pages on one, log lines on the other."""

    pages: TextIO
    log: TextIO


class Handrail:
    """One server process, put together and not yet listening.

    Attributes:
        asgi: What the HTTP server runs.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        base_url: str,
        streams: Streams,
        is_new_key_accepted: bool,
    ) -> None:
        """Take the data folder, open the database and build everything on it.

        Raises:
            DomainError: Something is in the way; the message names it and the remedy.
        """
        pin()
        with ExitStack() as undo:
            self._folder = DataFolder(settings.data_dir)
            self._folder.lock()
            undo.callback(self._folder.unlock)
            self._follow_clock: FollowClock | None = None
            self._clock = SystemClock(on_step=self._note_step)
            self._ids = RandomIds(self._clock)
            self._vault = _vault(settings, self._folder, self._ids)
            self._node = NodeId(self._ids.new_id())
            self._store = open_store(
                settings.database, clock=self._clock, node_id=self._node
            )
            undo.callback(self._store.close)
            self._is_sqlite = sqlite_path(settings.database) is not None
            if self._is_sqlite:
                self._follow_clock = FollowClock(store=self._store, ids=self._ids)
            self._settle_key(is_new_accepted=is_new_key_accepted)
            self._telemetry = Telemetry(version=__version__)
            self._proving = ThreadPoolExecutor(1, thread_name_prefix="handrail-prove")
            self._proofs = Proofs(self._proving, seconds=self._clock.monotonic)
            self._urgent = ThreadPoolExecutor(
                URGENT_THREADS, thread_name_prefix="handrail-acknowledge"
            )
            self._hub = StreamHub(self._store)
            self._build_engine(settings, base_url=base_url, streams=streams)
            folder = settings.status_folder
            publish = partial(status_files.publish, folder=folder, base_url=base_url)
            self._status = PublishStatus(self._store, self._clock, publish)
            self.asgi: ASGIApp = self._application(base_url, folder)
            undo.pop_all()

    def start(self) -> None:
        """Let time pass: duties run and deliveries are sent from now on."""
        if self._is_sqlite and not is_wal_safe():
            _log.warning("sqlite_is_old", version=sqlite_version(), want="3.51.3")
        self._write_operator_token()
        self._store.run(evaluation.forgive_downtime)
        self._store.on_commit(self._note_commit)
        self._sender.start()
        self._tickets.start()
        self._watchdog.feed()
        self._engine.start(self._duties())

    def leave_address(self, address: str) -> None:
        """Note where this machine's own command line reaches the server."""
        self._folder.write(ADDRESS_FILE, address)

    def end_streams(self) -> None:
        """End the answers that never end by themselves; from any thread."""
        self._hub.close()

    def stop(self) -> None:
        """Finish what is in flight, then close the database and leave the folder."""
        self._engine.stop()
        self._status.stop()
        self._watchdog.stop()
        self._mitigator.stop()
        self._tickets.stop(grace_seconds=TICKETS_FINISH_SECONDS)
        self._sender.stop(grace_seconds=SENDS_FINISH_SECONDS)
        self._urgent.shutdown()
        self._proofs.close()
        self._proving.shutdown(cancel_futures=True)
        self._store.close()
        self._folder.remove(ADDRESS_FILE)
        self._folder.unlock()

    def setup_secret(self) -> str | None:
        """Return the secret of a one-time sign-in link while nobody ever signed in."""
        if self._store.read(lambda tx: tx.access.count_sessions()):
            return None
        return self._store.run(lambda tx: access.setup_link(tx, ids=self._ids))

    def _settle_key(self, *, is_new_accepted: bool) -> None:
        fingerprint = self._vault.fingerprint()
        self._store.run(
            lambda tx: installation.settle_key(
                tx, fingerprint, is_new_accepted=is_new_accepted
            )
        )

    def _build_engine(
        self, settings: Settings, *, base_url: str, streams: Streams
    ) -> None:
        networks = tuple(ip_network(text) for text in settings.outgoing_allow)
        self._http = AiohttpClient(
            guard=AddressGuard(networks=networks), user_agent=f"Handrail/{__version__}"
        )
        self._round_at: datetime | None = None
        self._watchdog = Watchdog(
            limit_seconds=STUCK_SECONDS, monotonic=self._clock.monotonic
        )
        self._engine = Engine(
            store=self._store,
            clock=self._clock,
            on_round=self._note_round,
            on_duty=self._telemetry.duty_ran,
        )
        self._channels = channels.build(
            channel_settings(settings, self._vault, streams.pages),
            http=self._http,
            vault=self._vault,
        )
        parts = SendingParts(
            store=self._store,
            ids=self._ids,
            node=self._node,
            channels=self._channels,
            compose=lambda send: compose(
                send,
                base_url=base_url,
                sign=partial(self._vault.sign, ack_link.PURPOSE),
            ),
            observe=self._telemetry.attempt_ended,
            seconds=self._clock.monotonic,
            close=self._http.close,
        )
        self._sender = SendDeliveries(parts, wake=self._engine.wake)
        self._mitigator = RunMitigations(
            store=self._store,
            ids=self._ids,
            node=self._node,
            # A client of its own: its connections belong to the loop that calls.
            http=lambda: AiohttpClient(
                guard=AddressGuard(networks=networks),
                user_agent=f"Handrail/{__version__}",
            ),
            vault=self._vault,
            seconds=self._clock.monotonic,
        )
        self._tickets = self._open_tickets(networks, base_url)

    def _open_tickets(
        self, networks: tuple[IPv4Network | IPv6Network, ...], base_url: str
    ) -> OpenTickets:
        # A client of its own: a session belongs to the loop that sends.
        http = AiohttpClient(
            guard=AddressGuard(networks=networks), user_agent=f"Handrail/{__version__}"
        )
        parts = OpeningParts(
            store=self._store,
            ids=self._ids,
            node=self._node,
            trackers={
                TrackerKind.WEBHOOK: WebhookTracker(http=http, vault=self._vault)
            },
            base_url=base_url,
            close=http.close,
        )
        return OpenTickets(parts, wake=self._engine.wake)

    def _duties(self) -> Sequence[Duty]:
        following = (self._follow_clock,) if self._follow_clock else ()
        return (
            *following,
            evaluate_alerts(self._store, self._ids),
            advance_pages(self._store, self._ids),
            self._sender,
            self._mitigator,
            self._tickets,
            *less_urgent(self._store, self._ids),
            TellShifts(store=self._store, clock=self._clock, ids=self._ids),
            fold_receipts(self._store, self._clock),
            reclaim_claims(self._store, self._clock),
            prune(self._store, self._clock),
            AuditRecord(self._store, self._clock, self._ids),
            ProveCoverage(self._store, self._clock, self._ids),
            self._status,
        )

    def _application(self, base_url: str, status: Path) -> ASGIApp:
        sources = found_sources()
        deps = Deps(
            store=self._store,
            clock=self._clock,
            ids=self._ids,
            vault=self._vault,
            base_url=base_url,
            version=__version__,
            tzdata=tzdata_version(),
            calendar=Icalendar(base_url),
            reader=YamlDocumentReader(),
            source_kinds=tuple(sources),
            last_tick=lambda: self._round_at,
            more_metrics=self._telemetry.text,
            has_standby=self._store.has_synchronous_standby,
            urgent=self._urgent,
            proofs=self._proofs,
            hub=self._hub,
        )
        ingest = IngestDeps(
            store=self._store,
            clock=self._clock,
            ids=self._ids,
            sources=sources,
            version=__version__,
            on_refused=self._telemetry.admission_refused,
            on_queue=self._telemetry.watch_queue,
        )
        console = Console(
            store=self._store,
            clock=self._clock,
            ids=self._ids,
            vault=self._vault,
            base_url=base_url,
            send_sign_in_link=sign_in_links(
                self._channels.get(ChannelKind.EMAIL),
                clock=self._clock,
                ids=self._ids,
            ),
            check=lambda files: checked_files(deps, files, vault=deps.vault),
            doubts=configuration.doubts,
            tzdata=tzdata_version(),
            urgent=self._urgent,
            proofs=self._proofs,
        )
        return create_app(
            deps,
            mounts=[
                Mount(
                    path=r.path,
                    verb=Verb(r.permission),
                    app=r.app,
                    operations=r.operations,
                )
                for r in ingest_routes(ingest)
            ],
            handlers=[routes(console), status_routes(status)],
            error_page=error_page,
        ).asgi

    def _note_commit(self) -> None:
        self._engine.wake()
        self._hub.wake()

    def _note_round(self, progress: Progress) -> None:
        # Duties that fail are tried again and logged; a round that does not end is
        # what the watchdog is for.
        del progress
        self._round_at = self._clock.now()
        self._watchdog.feed()

    def _note_step(self, step: ClockStep) -> None:
        _log.warning("clock_stepped", by_seconds=step.by / timedelta(seconds=1))
        if self._follow_clock is not None:
            self._follow_clock.note(step.by)

    def _write_operator_token(self) -> None:
        """Leave a token for this machine's own command line; a good one stays."""
        kept = self._folder.read(OPERATOR_TOKEN_FILE)
        try:
            self._store.read(lambda tx: access.recognise_token(tx, kept))
        except UnauthenticatedError:
            place = f"{socket.gethostname()}:{self._folder.path.resolve()}"
            made = self._store.run(
                lambda tx: access.operator_token(tx, place=place, ids=self._ids)
            )
            self._folder.write(OPERATOR_TOKEN_FILE, made)


def start_logging(settings: Settings, stream: TextIO) -> None:
    """Send every log line of the process to the stream, as the settings say."""
    logging.configure(
        stream,
        is_json=settings.log_format == "json",
        level=settings.log_level,
        now=SystemClock().now,
    )


def _vault(settings: Settings, folder: DataFolder, ids: RandomIds) -> KeyVault:
    key = load_key(settings.secret_key, data_dir=folder.path, ids=ids)
    return KeyVault(key, environment=environment(), folder=folder.path)
