"""Plain HTML forms: small, urlencoded, text only."""

from litestar import Request
from litestar.datastructures import State

from handrail.core.access.actor import Actor

FORM_FIELDS_MAX = 50
VALUE_CHARS_MAX = 10_000

FormRequest = Request[Actor, None, State]


async def fields(request: FormRequest) -> dict[str, str]:
    """Return the posted fields; an empty or absent body has none.

    Files and repeated fields are left out: no form of the console sends them.
    """
    form = await request.form()
    found = {
        name: value[:VALUE_CHARS_MAX]
        for name, value in form.items()
        if isinstance(value, str)
    }
    return dict(list(found.items())[:FORM_FIELDS_MAX])
