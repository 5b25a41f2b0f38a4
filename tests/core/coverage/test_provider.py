"""Which contact methods fail together."""

import pytest

from handrail.core.coverage.provider import provider
from handrail.core.people.contact_method import ChannelKind

EMAIL, WEBHOOK, TERMINAL = ChannelKind.EMAIL, ChannelKind.WEBHOOK, ChannelKind.TERMINAL


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((EMAIL, "ana@a.test"), (EMAIL, "ana@other.test")),
        ((TERMINAL, "left"), (TERMINAL, "right")),
        ((WEBHOOK, "https://a.test/x"), (WEBHOOK, "http://A.test:8443/y?z#q")),
        ((WEBHOOK, "https://a.test."), (WEBHOOK, "https://a.test")),
        ((WEBHOOK, "https://[::1]:80/x"), (WEBHOOK, "https://[::1]/y")),
    ],
)
def test_methods_of_one_provider_fail_together(
    one: tuple[ChannelKind, str], other: tuple[ChannelKind, str]
) -> None:
    assert provider(*one) == provider(*other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((EMAIL, "ana@a.test"), (WEBHOOK, "https://a.test/")),
        ((EMAIL, "ana@a.test"), (TERMINAL, "left")),
        ((WEBHOOK, "https://a.test/"), (WEBHOOK, "https://b.test/")),
        ((WEBHOOK, "https://[::1]/"), (WEBHOOK, "https://[::2]/")),
        ((WEBHOOK, "https://b.test/?a.test"), (WEBHOOK, "https://a.test/")),
    ],
)
def test_methods_of_two_providers_do_not(
    one: tuple[ChannelKind, str], other: tuple[ChannelKind, str]
) -> None:
    assert provider(*one) != provider(*other)


def test_a_provider_says_why_its_methods_fail_together() -> None:
    assert "a.test" in provider(WEBHOOK, "https://a.test/x").why
    assert "relay" in provider(EMAIL, "ana@a.test").why
