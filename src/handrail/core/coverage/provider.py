"""Which contact methods fail together: those that one provider carries.

Two methods count as two only where no single provider's failure silences both:

* e-mail is one provider, whatever the addresses: all of it leaves over this
  installation's own relay, and what stops that stops every mail;
* a webhook's provider is the host of its address: one service behind it;
* the terminal is this server itself.
"""

import re
from dataclasses import dataclass

from handrail.core.people.contact_method import ChannelKind

_HOST = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)")


@dataclass(frozen=True, slots=True, order=True)
class Provider:
    """Who carries a message; methods with the same one fail together.

    Attributes:
        name: What makes it the same one.
        why: Why methods that share it fail together, in words.
    """

    name: str
    why: str


_EMAIL = Provider("e-mail", "all e-mail leaves over the installation's relay")
_TERMINAL = Provider("this server", "the terminal is the server itself")


def provider(kind: ChannelKind, address: str) -> Provider:
    """Return who carries messages of a contact method."""
    match kind:
        case ChannelKind.EMAIL:
            return _EMAIL
        case ChannelKind.TERMINAL:
            return _TERMINAL
        case ChannelKind.WEBHOOK:
            found = _HOST.match(address)
            host = (found[1] if found else address).lower().rstrip(".")
            return Provider(host, f"webhooks of one host fail together: {host}")
