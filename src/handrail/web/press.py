"""A press of a button: done, or shown again where it was pressed, as it was typed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from litestar import Response
from litestar.concurrency import sync_to_thread

from handrail.core.errors import DomainError, NotFoundError
from handrail.ports.store import Transaction
from handrail.web.act import Form
from handrail.web.deps import Console
from handrail.web.form import REFUSALS, refused, status_of
from handrail.web.rendering import Shown, to
from handrail.web.screens.refusal import Refusal

ActT = TypeVar("ActT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """What a button says, and the screen it stands on.

    Attributes:
        act: The verb; the screen shows a refusal beside its button.
        form: What was typed.
        again: Makes the screen anew, with the refusal.
        template: The screen's template.
    """

    act: str
    form: Form
    again: Callable[[Transaction, Refusal], Shown]
    template: str

    async def carried_out(
        self, console: Console, work: Callable[[Transaction], str]
    ) -> Response[str] | Response[None]:
        """Do the work in one transaction and go to the address that it returns."""
        try:
            there = await sync_to_thread(console.store.run, work)
        except REFUSALS as error:
            return await self.refused(console, error)
        return to(there)

    async def refused(self, console: Console, error: DomainError) -> Response[str]:
        """Show the screen again and say there why nothing was done."""
        refusal = refused(self.act, error, self.form)
        shown = await sync_to_thread(
            console.store.read, lambda tx: self.again(tx, refusal)
        )
        return shown.response(self.template, status=status_of(error))


def act_named(verb: str, acts: Mapping[str, ActT]) -> ActT:
    """Return what a button's verb does.

    Raises:
        NotFoundError: There is no such act.
    """
    done = acts.get(verb)
    if done is None:
        msg = f"There is no act {verb!r}. Go back and press one of the buttons."
        raise NotFoundError(msg)
    return done
