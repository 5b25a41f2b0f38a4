import pytest

from handrail.core.people.contact_method import ChannelKind
from handrail.core.whatif.address import masked


@pytest.mark.parametrize(
    ("kind", "address", "shown"),
    [
        (ChannelKind.EMAIL, "ana.lind@example.org", "an…@example.org"),
        (ChannelKind.EMAIL, "unfinished", "un…"),
        (
            ChannelKind.WEBHOOK,
            "https://user:word@chat.example.org/hooks/SECRET?key=1",
            "https://chat.example.org/…",
        ),
        (
            ChannelKind.WEBHOOK,
            "https://chat.example.org?key=1",
            "https://chat.example.org/…",
        ),
        (ChannelKind.WEBHOOK, "SECRET", "SE…"),
        (ChannelKind.TERMINAL, "the operator", "the operator"),
    ],
)
def test_an_address_is_recognised_but_of_no_use(
    kind: ChannelKind, address: str, shown: str
) -> None:
    assert masked(kind, address) == shown
