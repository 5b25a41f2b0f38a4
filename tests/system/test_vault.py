import stat
from collections.abc import Mapping
from pathlib import Path

import pytest
from typing_extensions import override

from handrail.core.errors import InvalidError
from handrail.system.vault import KEY_FILE, KeyVault, load_key

KEY = "an-operator's-key-of-32-characters"


class Ids:
    """Makes 43 characters that differ each time."""

    def __init__(self, letter: str = "s") -> None:
        self._letter = letter

    def new_id(self) -> str:
        return "id"

    def new_secret(self) -> str:
        return self._letter * 43

    def jitter(self) -> float:
        return 0.0


def vault(
    key: str = KEY,
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> KeyVault:
    return KeyVault(key, environment=environment or {}, folder=folder or Path())


def test_a_signature_verifies_for_its_purpose_and_payload_only() -> None:
    signature = vault().sign("ack-link", b"payload")

    assert vault().verify("ack-link", b"payload", signature)
    assert not vault().verify("session", b"payload", signature)
    assert not vault().verify("ack-link", b"payloaD", signature)
    assert not vault().verify("ack-link", b"payload", signature[:-1])
    assert not vault().verify("ack-link", b"payload", "")
    assert not vault().verify("ack-link", b"payload", "é\ud800")
    assert not vault("another" * 8).verify("ack-link", b"payload", signature)


def test_a_signature_is_url_safe_and_of_256_bits() -> None:
    signature = vault().sign("ack-link", b"payload")

    assert len(signature) == 43
    assert signature.replace("-", "").replace("_", "").isalnum()


def test_a_fingerprint_tells_keys_apart_and_nothing_else() -> None:
    assert vault().fingerprint() == vault().fingerprint()
    assert vault().fingerprint() != vault("another" * 8).fingerprint()
    assert KEY not in vault().fingerprint()
    assert len(vault().fingerprint()) == 16


def test_a_short_key_is_refused_with_the_remedy() -> None:
    with pytest.raises(InvalidError, match="openssl rand"):
        vault("short")


def test_secrets_are_found_by_reference(tmp_path: Path) -> None:
    (tmp_path / "hook").write_text("whsec_abc\n")
    there = vault(environment={"HOOK": "value", "EMPTY": ""}, folder=tmp_path)

    assert there.secret("env:HOOK") == b"value"
    assert there.secret("file:hook") == b"whsec_abc"
    assert there.secret(f"file:{tmp_path / 'hook'}") == b"whsec_abc"


@pytest.mark.parametrize(
    "reference",
    ["", "HOOK", "env:", "env:NONE", "env:EMPTY", "file:none", "file:.", "vault:HOOK"],
)
def test_a_secret_that_is_not_there_is_none(tmp_path: Path, reference: str) -> None:
    (tmp_path / "empty").write_text("\n")
    there = vault(environment={"HOOK": "v", "EMPTY": ""}, folder=tmp_path)

    assert there.secret(reference) is None


@pytest.mark.parametrize("reference", ["file:\x00", "file:empty"])
def test_a_secret_file_without_a_secret_is_none(tmp_path: Path, reference: str) -> None:
    (tmp_path / "empty").write_text("\n")

    assert vault(folder=tmp_path).secret(reference) is None


def test_a_changed_secret_file_holds_at_once(tmp_path: Path) -> None:
    there = vault(folder=tmp_path)
    (tmp_path / "hook").write_text("old")
    assert there.secret("file:hook") == b"old"

    (tmp_path / "hook").write_text("new")

    assert there.secret("file:hook") == b"new"


def test_the_operators_key_is_used_as_it_is(tmp_path: Path) -> None:
    assert load_key(KEY, data_dir=tmp_path, ids=Ids()) == KEY
    assert list(tmp_path.iterdir()) == []


def test_a_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    first = load_key("", data_dir=tmp_path, ids=Ids("a"))
    second = load_key("", data_dir=tmp_path, ids=Ids("b"))

    assert first == second == "a" * 43
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]
    mode = (tmp_path / KEY_FILE).stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_a_key_file_that_others_may_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / KEY_FILE
    path.write_text("k" * 43)
    path.chmod(0o644)

    assert load_key("", data_dir=tmp_path, ids=Ids()) == "k" * 43
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_whoever_makes_the_key_second_keeps_the_firsts(tmp_path: Path) -> None:
    class Slow(Ids):
        @override
        def new_secret(self) -> str:
            load_key("", data_dir=tmp_path, ids=Ids("a"))
            return "b" * 43

    assert load_key("", data_dir=tmp_path, ids=Slow()) == "a" * 43
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]


def test_a_missing_data_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidError, match="nowhere"):
        load_key("", data_dir=tmp_path / "nowhere", ids=Ids())
