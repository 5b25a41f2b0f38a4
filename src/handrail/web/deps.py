"""What the console is given by ``bootstrap``; nothing here is looked up or read."""

from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from litestar.di import NamedDependency
from litestar.params import SkipValidation

from handrail.core.access.actor import Actor
from handrail.core.configuration.document import Document
from handrail.core.configuration.node import SourceFile
from handrail.core.people.user import User
from handrail.ports.clock import Clock
from handrail.ports.id_source import IdSource
from handrail.ports.store import Store
from handrail.ports.vault import Vault
from handrail.usecases.configuration import CheckResult
from handrail.usecases.coverage_proofs import Proofs

Doubts = Callable[[Sequence[Document]], Sequence[str]]
Check = Callable[[Sequence[SourceFile]], CheckResult]
SendSignInLink = Callable[[User, str], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """The console's world.

    Attributes:
        base_url: Where people reach this installation, without a trailing slash.
        send_sign_in_link: Sends a user the address of a one-time link by e-mail, or
            none where no mail server is configured.
        check: Reads and judges files of a configuration, as an apply would.
        doubts: What is doubtful about stored documents, one sentence each.
        proofs: Makes coverage proofs, and keeps the last one of everything.
        tzdata: Version of the time-zone rules, told below what rests on them.
        urgent: Threads for acknowledging alone, which no slow look-up can take.
    """

    store: Store
    clock: Clock
    ids: IdSource
    vault: Vault
    base_url: str
    send_sign_in_link: SendSignInLink | None
    check: Check
    doubts: Doubts
    urgent: Executor
    proofs: Proofs
    tzdata: str

    @property
    def is_https(self) -> bool:
        """Return whether people reach this installation over TLS."""
        return self.base_url.startswith("https://")


GivenConsole = NamedDependency[SkipValidation[Console]]
GivenActor = NamedDependency[SkipValidation[Actor]]
