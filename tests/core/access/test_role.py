"""Roles are stored, exchanged and configured by their words."""

import pytest

from handrail.core.access.role import Role


def test_the_words_of_roles_never_change() -> None:
    assert [role.value for role in Role] == ["admin", "responder", "observer"]


@pytest.mark.parametrize("word", ["", "root", "Admin", "integration"])
def test_an_unknown_word_is_no_role(word: str) -> None:
    with pytest.raises(ValueError, match="is not a valid Role"):
        Role(word)
