"""Plain HTML forms: small, urlencoded, text only; and the words for a refused one."""

from collections.abc import Mapping

from litestar import Request
from litestar.datastructures import State

from handrail.core.access.actor import Actor
from handrail.core.errors import (
    ConflictError,
    DomainError,
    ErrorCode,
    ForbiddenError,
    InvalidError,
    NotFoundError,
)
from handrail.web.screens.refusal import Refusal

FORM_FIELDS_MAX = 500
"""The longest form has a field for each component of the status page."""
VALUE_CHARS_MAX = 200_000
"""Above every limit of the core, which refuses a text that is too long: cut here, it
would be kept without its end."""

FormRequest = Request[Actor, None, State]
REFUSALS = (InvalidError, ConflictError, ForbiddenError, NotFoundError)
"""What is shown at the place where it was pressed, with what was typed."""
_STATUS = {
    ErrorCode.INVALID: 422,
    ErrorCode.CONFLICT: 409,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.NOT_FOUND: 404,
}


async def fields(request: FormRequest) -> dict[str, str]:
    """Return the posted fields; an empty or absent body has none.

    Browsers end the lines of a text with CR LF; here they end as everywhere else.
    Files and repeated fields are left out: no form of the console sends them.
    """
    form = await request.form()
    found = {
        name: value[:VALUE_CHARS_MAX].replace("\r\n", "\n")
        for name, value in form.items()
        if isinstance(value, str)
    }
    return dict(list(found.items())[:FORM_FIELDS_MAX])


def refused(act: str, error: DomainError, kept: Mapping[str, str]) -> Refusal:
    """Return what is shown of a press that was refused."""
    return Refusal(
        act=act, message=error.message, fields=dict(error.fields), kept=dict(kept)
    )


def status_of(error: DomainError) -> int:
    """Return the status of a page that shows the refusal."""
    return _STATUS[error.code]
