"""The world outside: providers that take messages, badly at times, and a ledger."""

from collections import defaultdict, deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from handrail.core.paging.outcome import (
    Accepted,
    Outcome,
    Permanent,
    Retryable,
    Scope,
    Unknown,
)
from handrail.core.people.contact_method import ChannelKind
from handrail.ports.channel import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What a provider does with one attempt.

    Attributes:
        outcome: What the caller is answered.
        arrives: Whether the person gets it, whatever the caller is answered.
        takes: How long the answer takes.
    """

    outcome: Outcome
    arrives: bool
    takes: timedelta = timedelta(0)


ACCEPTS = Script(outcome=Accepted(reference="taken"), arrives=True)
IS_DOWN = Script(outcome=Retryable(reason="503 down"), arrives=False)
LOSES_THE_ANSWER = Script(outcome=Unknown(reason="no answer"), arrives=True)
LOSES_THE_MESSAGE = Script(outcome=Unknown(reason="no answer"), arrives=False)
NO_SUCH_ADDRESS = Script(
    outcome=Permanent(reason="no such address", scope=Scope.METHOD), arrives=False
)
REFUSES_THE_MESSAGE = Script(
    outcome=Permanent(reason="message refused", scope=Scope.MESSAGE), arrives=False
)


def throttles(after: timedelta) -> Script:
    """Return a provider that says when to come again."""
    return Script(outcome=Retryable(reason="429", after=after), arrives=False)


def slow(takes: timedelta) -> Script:
    """Return a provider that takes its time and then the message."""
    return Script(outcome=Accepted(), arrives=True, takes=takes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One attempt as the provider saw it."""

    at: datetime
    kind: ChannelKind
    message: Message
    arrived: bool

    @property
    def page_ids(self) -> tuple[str, ...]:
        return tuple(item.page_id for item in self.message.items)


class Sink:
    """Every provider at once; keeps a ledger that Handrail cannot touch."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.standing: dict[str, Script] = {}
        self._once: dict[str, deque[Script]] = defaultdict(deque)

    def behave(self, address: str, script: Script) -> None:
        """From now on treat messages to the address so."""
        self.standing[address] = script

    def once(self, address: str, *scripts: Script) -> None:
        """Treat the next messages to the address so, one each."""
        self._once[address].extend(scripts)

    def script(self, address: str) -> Script:
        queue = self._once[address]
        return queue.popleft() if queue else self.standing.get(address, ACCEPTS)

    def take(self, message: Message, kind: ChannelKind, *, at: datetime) -> Script:
        """Take one attempt and return what comes of it."""
        script = self.script(message.address)
        call = Call(at=at, kind=kind, message=message, arrived=script.arrives)
        self.calls.append(call)
        return script
