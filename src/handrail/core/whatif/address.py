"""An address as anybody may see it: enough to recognise, too little to use."""

from handrail.core.people.contact_method import ChannelKind

_SHOWN = 2


def masked(kind: ChannelKind, address: str) -> str:
    """Return the address with what would let somebody use it left out.

    ``an…@example.org``; of a URL only the host, since its path is often the secret.
    A terminal's label is no address and stays.
    """
    match kind:
        case ChannelKind.EMAIL:
            local, at, domain = address.rpartition("@")
            return f"{local[:_SHOWN]}…{at}{domain}" if at else f"{address[:_SHOWN]}…"
        case ChannelKind.WEBHOOK:
            scheme, _, rest = address.partition("://")
            host = rest.partition("/")[0].rpartition("@")[2].partition("?")[0]
            return f"{scheme}://{host}/…" if host else f"{address[:_SHOWN]}…"
        case ChannelKind.TERMINAL:
            return address
