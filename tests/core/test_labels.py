import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.core.labels import check_name, clean, fingerprint

LABELS = st.dictionaries(st.text(min_size=1), st.text(), max_size=6)


def test_the_fingerprint_of_a_set_never_changes() -> None:
    labels = {"alertname": "DiskFull", "instance": "db-1", "größe": "voll"}

    assert fingerprint(labels) == "5c87e7dac3dd32e4f127bd4fd3be9221"


@given(LABELS)
def test_order_and_empty_values_do_not_change_the_fingerprint(
    labels: dict[str, str],
) -> None:
    turned = dict(reversed([*labels.items(), ("not there at all", "")]))

    assert fingerprint(turned) == fingerprint(labels)
    assert len(fingerprint(labels)) == 32


@given(LABELS, LABELS)
def test_different_sets_have_different_fingerprints(
    one: dict[str, str], other: dict[str, str]
) -> None:
    same = fingerprint(one) == fingerprint(other)

    assert same is (clean(one) == clean(other))


def test_texts_that_run_together_are_different_sets() -> None:
    sets = [{"a": "bc"}, {"ab": "c"}, {"a": "b", "c": "d"}, {"a": "bcd"}]

    assert len({fingerprint(labels) for labels in sets}) == len(sets)


def test_cleaning_drops_empty_values_and_orders_by_name() -> None:
    cleaned = clean({"b": "2", "a": "1", "empty": ""})

    assert list(cleaned.items()) == [("a", "1"), ("b", "2")]


@pytest.mark.parametrize("name", ["a", "größe", "with space", "🙂", "0", "a.b/c"])
def test_any_text_is_a_name(name: str) -> None:
    check_name(name)

    assert clean({name: "x"}) == {name: "x"}


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ({"": "x"}, "no name"),
        ({"\ud800": "x"}, "name is not UTF-8"),
        ({"a": "\ud800"}, "value of 'a' is not UTF-8"),
    ],
)
def test_what_is_no_label_is_refused(labels: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        clean(labels)
