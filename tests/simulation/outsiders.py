"""Those who ask from outside: senders, people, and whoever edits the plans."""

from collections.abc import Callable
from functools import partial

from tests.simulation.checker import Checker
from tests.simulation.fault import Edge
from tests.simulation.outside import Promise
from tests.simulation.scene import ALWAYS_PAGE, CHANGES, Request, team
from tests.simulation.stage import NoAnswerError, Stage
from tests.world.configuration import Configuration
from tests.world.sink import Call

from handrail.core.alert.receipt import EntryKind, Receipt
from handrail.core.alert.signal import SignalAction
from handrail.core.errors import ConflictError
from handrail.core.ids import PageId, ReceiptId, Slug
from handrail.ports.source import Parsed
from handrail.ports.store import Transaction
from handrail.usecases import paging
from handrail.usecases.admission import accept
from handrail.usecases.submission import Submission

_INTEGRATION = Slug("monitoring")


class Senders:
    """They post, and post again until they are answered."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.answered = 0

    def post(self, request: Request) -> None:
        stage = self.stage
        seen: list[Receipt] = []

        def work(tx: Transaction) -> Receipt:
            receipt = accept(tx, self._submission(tx, request), ids=stage.ids)
            seen.append(receipt)
            return receipt

        try:
            self._answered(request, stage.ask(Edge.INGEST, work))
        except NoAnswerError:
            if seen and stage.wiring.answers_before_commit:
                self._answered(request, seen[-1])
                return
            longest = 10 if any(n.is_up for n in stage.nodes) else 90
            stage.later(stage.seconds(1, longest), partial(self.post, request))

    def _submission(self, tx: Transaction, request: Request) -> Submission:
        return Submission(
            integration=tx.configuration.snapshot().integrations[_INTEGRATION],
            parsed=Parsed(
                signals=(request.signal,), expires_after=request.expires_after
            ),
            receipt_id=ReceiptId(self.stage.ids.new_id()),
            body=b"",
            content_type="application/json",
        )

    def _answered(self, request: Request, receipt: Receipt) -> None:
        (entry,) = receipt.entries
        self.answered += 1
        self.stage.say(f"202 {request.signal.dedup_key} {entry.kind.name}")
        signal = request.signal
        fires = signal.action is SignalAction.FIRE and entry.kind in {
            EntryKind.OPENED,
            EntryKind.REPEATED,
        }
        promise = Promise(
            at=self.stage.now,
            receipt_id=receipt.id,
            alert_id=entry.alert_id,
            pages=fires and signal.severity_word in ALWAYS_PAGE,
        )
        self.stage.ledger.promises.append(promise)


class People:
    """They hear, and after a while take the page, pass it on or end it."""

    def __init__(self, stage: Stage, checker: Checker) -> None:
        self.stage = stage
        self._checker = checker

    def hear(self, call: Call) -> None:
        stage = self.stage
        kind, _, name = call.message.recipient.partition(":")
        who = Slug(name if kind == "user" else "mia")
        for page_id in call.page_ids:
            if stage.is_troubled and stage.rng.random() > stage.plan.answers:
                continue
            wait = stage.seconds(5, 400 if stage.is_troubled else 60)
            chance = stage.rng.random() if stage.is_troubled else 1.0
            verb = self._take
            if chance < 0.1:
                verb = self._escalate
            elif chance < 0.2:
                verb = self._resolve
            stage.later(wait, partial(verb, PageId(page_id), who))

    def _take(self, page_id: PageId, who: Slug) -> None:
        stage = self.stage

        def work(tx: Transaction) -> object:
            return paging.acknowledge(
                tx, page_id, by=who, via="link", actor=f"user:{who}", ids=stage.ids
            )

        def again() -> None:
            self._take(page_id, who)

        self._ask(f"{who} takes {page_id}", work, again)

    def _escalate(self, page_id: PageId, who: Slug) -> None:
        ids = self.stage.ids

        def work(tx: Transaction) -> object:
            return paging.escalate_now(
                tx, page_id, by=who, actor=f"user:{who}", ids=ids
            )

        # Nobody passes a page on twice because the screen did not answer.
        self._ask(f"{who} passes on {page_id}", work, lambda: None)

    def _resolve(self, page_id: PageId, who: Slug) -> None:
        ids = self.stage.ids

        def work(tx: Transaction) -> object:
            return paging.resolve(tx, page_id, by=who, actor=f"user:{who}", ids=ids)

        self._ask(f"{who} ends {page_id}", work, lambda: self._resolve(page_id, who))

    def _ask(
        self,
        what: str,
        work: Callable[[Transaction], object],
        again: Callable[[], None],
    ) -> None:
        try:
            self.stage.ask(Edge.HUMAN, work)
        except NoAnswerError:
            self.stage.later(self.stage.seconds(5, 90), again)
        except ConflictError as error:
            self.stage.say(f"{what}: {error.message}")
        else:
            self.stage.say(what)
            self._checker.note_promise(what)


class Editors:
    """They edit the plans while pages run."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def edit(self) -> None:
        configuration = team()
        self.stage.rng.choice(CHANGES)(configuration)
        self._apply(configuration)

    def restore(self) -> None:
        self._apply(team())

    def _apply(self, configuration: Configuration) -> None:
        try:
            self.stage.ask(Edge.CONFIG, configuration.apply)
        except NoAnswerError:
            wait = self.stage.seconds(3, 20)
            self.stage.later(wait, lambda: self._apply(configuration))
        else:
            self.stage.say("the plans are edited")
