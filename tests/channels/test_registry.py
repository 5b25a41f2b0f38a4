import io
from pathlib import Path

import handrail.channels
from handrail.channels import build, found
from handrail.channels.email import EmailChannel, EmailSettings
from handrail.channels.terminal import TerminalChannel, TerminalSettings
from handrail.core.people.contact_method import ChannelKind
from handrail.system.address_guard import AddressGuard
from handrail.system.http_client import AiohttpClient
from handrail.system.vault import KeyVault

HTTP = AiohttpClient(guard=AddressGuard(), user_agent="test")
VAULT = KeyVault("k" * 32, environment={}, folder=Path())


def test_every_kind_of_contact_method_has_its_folder() -> None:
    assert set(found()) == set(ChannelKind)


def test_every_folder_is_described() -> None:
    root = Path(handrail.channels.__path__[0])

    for kind in ChannelKind:
        assert (root / kind / "doc.md").read_text(encoding="utf-8").startswith("# ")


def test_only_what_has_settings_is_built() -> None:
    channels = build(
        [
            EmailSettings(host="mail.test", port=25, sender="a@b.test"),
            TerminalSettings(stream=io.StringIO()),
        ],
        http=HTTP,
        vault=VAULT,
    )

    assert isinstance(channels[ChannelKind.EMAIL], EmailChannel)
    assert isinstance(channels[ChannelKind.TERMINAL], TerminalChannel)
    assert ChannelKind.WEBHOOK not in channels


def test_no_settings_show_their_password() -> None:
    settings = EmailSettings(host="m", port=25, sender="a@b.test", password="hunter2")

    assert "hunter2" not in repr(settings)
