"""The catalogue's templates and masks."""

import json

from hypothesis import given
from hypothesis import strategies as st

from handrail.core.mitigation.catalogue import (
    Call,
    CallHeader,
    filled,
    masked_headers,
    unknown_placeholders,
    without_secrets,
)

BODY = '{"why": "${incident}: ${severity}", "by": ["${by}"], "count": 2}'


@given(st.text(), st.text())
def test_what_is_filled_in_never_changes_the_shape(incident: str, by: str) -> None:
    values = {"incident": incident, "severity": "SEV1", "service": "", "by": by}

    made = filled(Call(method="POST", url="https://example.org", body=BODY), values)

    assert json.loads(made.body) == {
        "why": f"{incident}: SEV1",
        "by": [by],
        "count": 2,
    }


def test_unknown_placeholders_are_named() -> None:
    assert unknown_placeholders('{"a": "${incident} ${env} ${}"}') == ["", "env"]


def test_masked_headers_say_where_a_secret_is() -> None:
    call = Call(
        method="POST",
        url="https://example.org",
        headers=(
            CallHeader(name="X-Plain", value="yes"),
            CallHeader(name="X-Token", secret="env:TOKEN"),
        ),
        body="{}",
        secret="file:bearer",
    )

    assert masked_headers(call) == (
        ("X-Plain", "yes"),
        ("X-Token", "••• (env:TOKEN)"),
        ("Authorization", "Bearer ••• (file:bearer)"),
        ("Content-Type", "application/json"),
    )
    assert call.secrets == ("env:TOKEN", "file:bearer")


def test_an_answer_that_repeats_a_secret_is_masked() -> None:
    told = without_secrets("token s3cret is wrong", {"env:A": "s3cret", "env:B": ""})

    assert told == "token ••• is wrong"
