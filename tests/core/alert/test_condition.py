import pytest

from handrail.core import limits
from handrail.core.alert import text
from handrail.core.alert.condition import identity, signal, title
from handrail.core.alert.signal import SignalAction


@pytest.mark.parametrize(
    ("labels", "annotations", "expected"),
    [
        ({"alertname": "A"}, {"summary": "it broke"}, "A: it broke"),
        ({"alertname": "A"}, {"summary": "A broke"}, "A broke"),
        ({"alertname": "A"}, {"description": "one\ntwo"}, "A: one"),
        ({"alertname": "A"}, {"summary": "  "}, "A"),
        ({"alertname": "A", "job": "web", "severity": "page"}, {}, "A (job=web)"),
        ({"job": "web"}, {"summary": "it broke"}, "it broke"),
        ({"job": "web", "zone": "a"}, {}, "job=web, zone=a"),
        ({"severity": "page"}, {}, "Alert without a name"),
    ],
)
def test_a_title_names_the_condition_and_says_what_is_wrong(
    labels: dict[str, str], annotations: dict[str, str], expected: str
) -> None:
    assert title(labels, annotations) == expected


def test_labels_with_an_empty_value_do_not_count() -> None:
    with_empty = identity({"alertname": "A", "zone": ""})

    assert with_empty.labels == {"alertname": "A"}
    assert with_empty.dedup_key == identity({"alertname": "A"}).dedup_key


def test_conditions_that_differ_only_past_the_limit_are_different() -> None:
    long = "x" * limits.LABEL_VALUE_CHARS_MAX

    one, two = identity({"query": long + "1"}), identity({"query": long + "2"})

    assert one.labels == two.labels
    assert one.dedup_key != two.dedup_key


def test_what_was_cut_off_stays_with_the_signal_and_is_said() -> None:
    long = "x" * (limits.LABEL_VALUE_CHARS_MAX + 1)

    found = signal(
        identity({"alertname": "A", "query": long}),
        {"summary": "s", "empty": ""},
        action=SignalAction.FIRE,
        starts_at=None,
        ends_at=None,
        url="",
    )

    assert found.annotations["label:query"] == long
    assert "query" in found.annotations[text.NOTES]
    assert "empty" not in found.annotations
    assert found.title == "A: s"
