import json

from hypothesis import given
from hypothesis import strategies as st

from handrail.core import limits
from handrail.core.alert import text

ANY_TEXT = st.text(alphabet=st.characters(), max_size=40)


@given(ANY_TEXT)
def test_storable_text_has_neither_nul_nor_surrogates(said: str) -> None:
    stored = text.storable(said)

    assert "\x00" not in stored
    assert stored.encode().decode() == stored
    assert len(stored) == len(said)


@given(st.text(max_size=3000))
def test_a_title_is_one_line_within_its_limit_in_characters(said: str) -> None:
    title = text.title(said)

    assert len(title) <= limits.TITLE_CHARS_MAX
    assert len(title.splitlines()) <= 1


def test_the_title_limit_counts_characters_and_not_bytes() -> None:
    said = "é" * limits.TITLE_CHARS_MAX

    assert text.title(said) == said
    assert text.title(said + "é").endswith("…")


def test_a_key_over_the_limit_becomes_its_digest_and_stays_the_same_for_repeats() -> (
    None
):
    long_key = "k" * (limits.DEDUP_KEY_CHARS_MAX + 1)

    key = text.dedup_key(long_key)

    assert len(key) == 64
    assert text.dedup_key(long_key) == key
    assert text.dedup_key(key) == key
    assert text.dedup_key(long_key + "k") != key


def test_unreadable_bodies_that_differ_only_in_numbers_are_the_same_trouble() -> None:
    one = b"disk full at 2026-03-02T12:00:00Z on node 7 (id 9f3b)"
    two = b"disk full at 2026-03-02T12:05:31Z on node 12 (id 4a01)"
    other = b"disk gone at 2026-03-02T12:05:31Z on node 12 (id 4a01)"

    assert text.unparsed_key(one) == text.unparsed_key(two)
    assert text.unparsed_key(one) != text.unparsed_key(other)


def test_labels_within_the_limits_stay_as_they_are() -> None:
    labels = {"alertname": "A", "job": "web"}

    assert text.bounded_labels(labels) == (labels, {})


def test_a_label_value_over_the_limit_is_cut_and_kept_whole_beside() -> None:
    value = "x" * (limits.LABEL_VALUE_CHARS_MAX + 1)

    bounded, annotations = text.bounded_labels({"query": value})

    assert len(bounded["query"]) == limits.LABEL_VALUE_CHARS_MAX
    assert annotations == {"label:query": value}
    assert "query" in text.limit_notes(annotations)[0]


def test_labels_over_the_limit_are_kept_beside_and_the_routing_ones_stay() -> None:
    labels = {f"a{n:04}": "v" for n in range(limits.LABELS_PER_ALERT_MAX + 10)}
    labels |= {"severity": "critical", "alertname": "A", "service": "web"}

    bounded, annotations = text.bounded_labels(labels)
    beside = json.loads(annotations[text.BEYOND_LIMIT])

    assert len(bounded) == limits.LABELS_PER_ALERT_MAX
    assert {"severity", "alertname", "service"} <= set(bounded)
    assert bounded | beside == labels


def test_notes_are_added_to_those_already_there() -> None:
    once = text.with_notes({}, ("one",))

    assert text.with_notes(once, ("two",)) == {text.NOTES: "one\ntwo"}
    assert text.with_notes({"a": "b"}, ()) == {"a": "b"}
