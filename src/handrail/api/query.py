"""Query parameters: what the route does not know is refused, not passed over.

A mistyped ``?stat=all``, or ``?owner=ana&owner=ben`` where there is one owner, would
otherwise answer another question than was asked.
"""

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

from litestar.handlers import BaseRouteHandler
from litestar.params import QueryParameter

from handrail.api.authentication import Connection
from handrail.core.errors import InvalidError


async def refuse_unknown(connection: Connection, handler: BaseRouteHandler) -> None:
    """Return if the route knows every query parameter, and as often as it is given.

    Asynchronous: a plain guard would wait for a thread of the framework.

    Raises:
        InvalidError: It does not; the fields name what is wrong.
    """
    known = _known(handler)
    given = Counter(name for name, _ in connection.query_params.multi_items())
    words = ", ".join(sorted(known)) or "none"
    unknown = dict.fromkeys(
        sorted(set(given) - set(known)), f"Not known here; known are: {words}."
    )
    if unknown:
        msg = "The address has query parameters that this route does not know."
        raise InvalidError(msg, fields=unknown)
    repeated = {
        name: "Given more than once; give one value."
        for name, times in sorted(given.items())
        if times > 1 and not known[name]
    }
    if repeated:
        msg = "The address repeats query parameters that take one value."
        raise InvalidError(msg, fields=repeated)


@lru_cache(maxsize=1000)
def _known(handler: BaseRouteHandler) -> Mapping[str, bool]:
    """Return the names of the route's parameters, and whether each may be repeated."""
    found = {}
    for name, parameter in handler.parsed_fn_signature.parameters.items():
        definition = parameter.kwarg_definition
        if isinstance(definition, QueryParameter):
            spelled = definition.name or definition.query or name
            inner = (parameter, *parameter.inner_types)
            found[spelled] = any(one.is_non_string_collection for one in inner)
    return found
