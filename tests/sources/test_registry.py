import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.intake import START

from handrail import sources
from handrail.sources import found_sources

KINDS = ("alertmanager_api", "alertmanager_webhook", "generic", "pagerduty")
HERE = Path(sources.__file__).parent


def test_sources_are_found_by_their_folders() -> None:
    assert tuple(found_sources()) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_every_source_is_documented_and_reads_its_own_fixtures(kind: str) -> None:
    fixtures = sorted((HERE / kind / "fixtures").glob("*.json"))
    parse = found_sources()[kind]

    assert (HERE / kind / "doc.md").read_text().startswith("# ")
    assert fixtures
    for fixture in fixtures:
        parsed = parse(fixture.read_bytes(), received_at=START)
        assert parsed.complaint == "", fixture.name
        assert parsed.signals, fixture.name


FIELDS = st.sampled_from(
    [
        "alerts",
        "labels",
        "annotations",
        "status",
        "startsAt",
        "endsAt",
        "title",
        "dedup_key",
        "action",
        "details",
        "severity",
        "payload",
        "event_action",
        "summary",
        "source",
        "custom_details",
        "links",
    ]
)
JSON_LIKE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=5)
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("kind", KINDS)
@given(body=st.binary(max_size=300))
def test_any_bytes_are_read_or_complained_of(kind: str, body: bytes) -> None:
    parsed = found_sources()[kind](body, received_at=START)

    assert parsed.signals or parsed.complaint or body.strip() == b"[]"


@pytest.mark.parametrize("kind", KINDS)
@given(value=JSON_LIKE)
def test_any_json_is_read_or_complained_of_and_can_be_stored(
    kind: str, value: object
) -> None:
    body = _encode(value)

    parsed = found_sources()[kind](body, received_at=START)

    assert parsed.signals or parsed.complaint or value == []
    for signal in parsed.signals:
        assert signal.dedup_key
        said = [signal.title, signal.dedup_key, signal.url]
        for mapping in (signal.labels, signal.annotations):
            said += [*mapping.keys(), *mapping.values()]
        assert all("\x00" not in text and text.encode() is not None for text in said)


def _encode(value: object) -> bytes:
    return json.dumps(value).encode("utf-8", "surrogatepass")
