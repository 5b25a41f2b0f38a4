"""Everything that is on stage: the server, the shop, the people, and the stopwatch."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tools.demo.exchange import ask
from tools.demo.instance import Instance, spelled
from tools.demo.mailbox import Mailbox
from tools.demo.narration import Narrator, Typed, Written
from tools.demo.person import Person
from tools.demo.shop import Monitor, Shop
from tools.demo.waiting import Found, await_found

INCIDENT = "INC-1"
FIRST_ANSWER_SECONDS = 5
"""How long the first level has; ``escalate_after`` in examples/demo.yaml."""


@dataclass(slots=True, kw_only=True)
class Times:
    """When things happened, on the monotonic clock, in seconds.

    Attributes:
        answered: How long the signal's answer took.
        pressed: How long the button's answer took.
        raised: When it was said to be SEV1.
        noticed: When the notice was begun to be published.
    """

    signal: float = 0.0
    answered: float = 0.0
    first_mail: float = 0.0
    second_mail: float = 0.0
    pressed: float = 0.0
    acknowledged: float = 0.0
    raised: float = 0.0
    noticed: float = 0.0
    public: float = 0.0
    mitigated: float = 0.0
    resolved: float = 0.0


@dataclass(slots=True, kw_only=True)
class Scene:
    """What the acts of the demo play with."""

    told: Narrator
    instance: Instance
    mailbox: Mailbox
    shop: Shop
    ana: Person
    ben: Person
    mia: Person
    noa: Person
    eli: Person
    monitor: Monitor | None = None
    times: Times = field(default_factory=Times)

    def incident(self) -> dict[str, Any]:
        """Return the incident as it is now."""
        found: dict[str, Any] = self.instance.get(f"/incidents/{INCIDENT}")
        return found

    def page(self) -> dict[str, Any]:
        """Return the page about the alert."""
        listed = self.instance.get("/pages?state=all")["items"]
        found: dict[str, Any] = next(one for one in listed if one["alert_id"])
        return found

    def obligation(self, kind: str) -> dict[str, Any]:
        """Return the latest promise of this kind."""
        kept = [o for o in self.incident()["obligations"] if o["kind"] == kind]
        found: dict[str, Any] = max(kept, key=lambda o: str(o["since"]))
        return found

    def does(self, who: Person, what: str, *arguments: str) -> None:
        """Let somebody type a command, and tell it as a step."""
        who.types(*arguments)
        self.told.step(who.called, what, Typed(spelled(arguments)))

    def is_refused(self, who: Person, what: str, *arguments: str) -> None:
        """Let somebody type what is refused, and tell it with the refusal's words."""
        said = who.types(*arguments, is_refusal=True)
        told = said.words.removeprefix("handrail: ").splitlines()
        lines = [line for line in told if line and not line.startswith("  →")]
        self.told.step(who.called, what, Typed(spelled(arguments)), Written(lines))

    def awaits(self, look: Callable[[], Found | None], *, what: str) -> Found:
        """Return what the look-up finds, as long as the server runs."""
        return await_found(look, what=what, check=self.instance.check)

    def await_entry(self, kind: str) -> dict[str, Any]:
        """Return the first timeline entry of this kind, awaiting it."""

        def look() -> dict[str, Any] | None:
            entries = self.instance.get(f"/incidents/{INCIDENT}/timeline?limit=500")
            return next((e for e in entries["items"] if e["kind"] == kind), None)

        return self.awaits(look, what=f"an entry {kind!r} in the timeline")

    def await_public(self, words: str) -> float:
        """Return when the status page has these words, awaiting it."""
        url = f"{self.instance.url}/status/index.html"

        def look() -> bool | None:
            return words in ask("GET", url).text or None

        self.awaits(look, what=f"{words!r} on the status page")
        return time.monotonic()
