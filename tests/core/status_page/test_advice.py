import pytest

from handrail.core.status_page.advice import Concern, advise
from handrail.core.status_page.notice import NoticeStage


def concerns(text: str, stage: str = "investigating", **said: bool) -> list[Concern]:
    found = advise(
        text,
        stage=NoticeStage(stage),
        says_components=said.get("says_components", False),
        promises=said.get("promises", False),
        people={"Ana Berger", "ben"},
    )
    return [advice.concern for advice in found]


@pytest.mark.parametrize(
    "text",
    [
        "Some card payments fail. Next update by 14:30 UTC.",
        "Pages load slowly for customers in Europe; we will update within 30 minutes.",
        "You cannot sign in. We roll back a change and report by noon.",
    ],
)
def test_a_good_notice_gets_no_advice(text: str) -> None:
    assert concerns(text) == []


def test_what_customers_notice_and_the_next_word_are_asked_for() -> None:
    text = "We are looking into it."

    assert concerns(text) == [Concern.NO_IMPACT, Concern.NO_NEXT_UPDATE]
    assert concerns(text, says_components=True, promises=True) == []


def test_the_all_clear_promises_nothing_more() -> None:
    assert concerns("Payments work again.", "resolved") == []


@pytest.mark.parametrize(
    "text",
    [
        "Payments fail because Cloudflare has an outage.",
        "Payments fail; our hosting provider is working on it.",
        "Errors caused by a third-party.",
    ],
)
def test_suppliers_are_not_blamed(text: str) -> None:
    assert concerns(text, promises=True) == [Concern.BLAMES_SUPPLIER]


@pytest.mark.parametrize(
    "text",
    [
        "Payments failed due to human error.",
        "An engineer accidentally deleted a table; sign-in fails.",
        "Errors after a change by Ana Berger.",
    ],
)
def test_people_are_not_blamed(text: str) -> None:
    assert concerns(text, promises=True) == [Concern.BLAMES_PERSON]


def test_a_word_that_only_looks_like_a_supplier_passes() -> None:
    assert concerns("The stripes on invoices are missing.", promises=True) == []


def test_a_first_name_alone_is_no_persons_name() -> None:
    assert concerns("Bench presses cannot be ordered.", promises=True) == []
