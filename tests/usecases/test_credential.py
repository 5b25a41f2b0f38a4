from hypothesis import given
from hypothesis import strategies as st

from handrail.usecases.credential import cookie_name, digest, is_token, spell_token

TOKEN = spell_token("0" * 32, "a" * 43)


def test_a_token_says_what_it_is() -> None:
    assert TOKEN.startswith("hr_pat_" + "0" * 32 + "_")
    assert is_token(TOKEN)


@given(place=st.integers(0, len(TOKEN) - 1), letter=st.characters(codec="ascii"))
def test_a_mistyped_token_is_no_token(place: int, letter: str) -> None:
    mistyped = TOKEN[:place] + letter + TOKEN[place + 1 :]

    assert is_token(mistyped) == (mistyped == TOKEN)


@given(st.text())
def test_any_text_can_be_asked_about(text: str) -> None:
    assert not is_token(text)


def test_what_is_kept_cannot_be_used() -> None:
    assert not is_token(digest(TOKEN))


def test_the_cookie_is_bound_to_its_host_over_tls_only() -> None:
    assert cookie_name("https://pager.example.org").startswith("__Host-")
    assert cookie_name("http://localhost:8080") == "handrail_session"
