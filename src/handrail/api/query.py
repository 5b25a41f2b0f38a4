"""Query parameters: a name the route does not know is refused, not passed over.

A mistyped ``?stat=all`` would otherwise answer another question than was asked.
"""

from functools import lru_cache

from litestar.handlers import BaseRouteHandler
from litestar.params import QueryParameter

from handrail.api.authentication import Connection
from handrail.core.errors import InvalidError


async def refuse_unknown(connection: Connection, handler: BaseRouteHandler) -> None:
    """Return if the route knows every query parameter of the request.

    Asynchronous: a plain guard would wait for a thread of the framework.

    Raises:
        InvalidError: It does not; the fields name those it does not know.
    """
    known = _known(handler)
    unknown = sorted(set(connection.query_params) - known)
    if not unknown:
        return
    words = ", ".join(sorted(known)) or "none"
    fields = dict.fromkeys(unknown, f"Not known here; known are: {words}.")
    msg = "The address has query parameters that this route does not know."
    raise InvalidError(msg, fields=fields)


@lru_cache(maxsize=1000)
def _known(handler: BaseRouteHandler) -> frozenset[str]:
    names = set()
    for name, parameter in handler.parsed_fn_signature.parameters.items():
        definition = parameter.kwarg_definition
        if isinstance(definition, QueryParameter):
            names.add(definition.name or definition.query or name)
    return frozenset(names)
