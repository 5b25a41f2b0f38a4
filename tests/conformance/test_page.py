"""Pages, whatever the database."""

from dataclasses import replace

import pytest
from tests.conformance.examples import HOUR, MINUTE, SECOND, add_page

from handrail.core.errors import ConflictError
from handrail.core.ids import AlertId, EntryId, PageId, Slug
from handrail.core.paging.page import Page, PageState
from handrail.storage.database import ServingStore


def test_every_field_comes_back_as_it_was(store: ServingStore) -> None:
    now = store.read(lambda tx: tx.now)
    whole = add_page(
        store,
        state=PageState.EXHAUSTED,
        round=2,
        level=-1,
        entry_id=EntryId("e"),
        advance_due_at=now,
        last_resort_times=4,
        acknowledged_by=Slug("ana"),
        acknowledged_at=now,
        closed_at=now,
        alert_expired=True,
        sequence=9,
    )
    bare = add_page(store, policy=None, service=None)

    assert store.read(lambda tx: tx.page.get(whole.id)) == whole
    assert store.run(lambda tx: tx.page.get(bare.id, lock=True)) == bare
    assert store.read(lambda tx: tx.page.get(PageId("nowhere"))) is None


def test_a_page_is_saved_only_over_the_one_that_was_read(store: ServingStore) -> None:
    page = add_page(store)
    moved = replace(page, sequence=1, round=2)

    store.run(lambda tx: tx.page.save(moved, expected_sequence=0))
    with pytest.raises(ConflictError):
        store.run(lambda tx: tx.page.save(page, expected_sequence=0))

    assert store.read(lambda tx: tx.page.get(page.id)) == moved


def test_open_pages_whose_timer_ran_out_are_due_oldest_first(
    store: ServingStore,
) -> None:
    now = store.read(lambda tx: tx.now)
    late = add_page(store, advance_due_at=now - SECOND)
    later = add_page(store, advance_due_at=now - MINUTE)
    add_page(store, advance_due_at=now + HOUR)
    add_page(store, advance_due_at=now - HOUR, state=PageState.ACKNOWLEDGED)
    add_page(store)

    assert store.run(lambda tx: tx.page.due(limit=9)) == [later, late]
    assert store.run(lambda tx: tx.page.due(limit=1)) == [later]
    assert store.read(lambda tx: tx.page.next_due()) == later.advance_due_at


def test_without_timers_nothing_is_due(store: ServingStore) -> None:
    add_page(store)

    assert store.run(lambda tx: tx.page.due(limit=9)) == []
    assert store.read(lambda tx: tx.page.next_due()) is None


def test_an_alert_names_its_pages(store: ServingStore) -> None:
    first = add_page(store)
    second = replace(
        first, id=PageId(first.id + "x"), opened_at=first.opened_at + SECOND
    )
    add_page(store)
    store.run(lambda tx: tx.page.add(second))

    about = first.alert_id
    assert about is not None
    found = store.read(lambda tx: tx.page.for_alert(about))

    assert found == [first, second]


def test_search_goes_backwards_through_all_or_active_ones(store: ServingStore) -> None:
    pages = [add_page(store, state=state) for state in PageState]

    def found(*, active_only: bool, before: Page | None = None) -> list[PageState]:
        return store.read(
            lambda tx: [
                p.state
                for p in tx.page.search(
                    active_only=active_only,
                    limit=3,
                    before=None if before is None else before.id,
                )
            ]
        )

    opened, acknowledged, resolved, exhausted = PageState
    assert found(active_only=False) == [exhausted, resolved, acknowledged]
    assert found(active_only=True) == [exhausted, acknowledged, opened]
    assert found(active_only=False, before=pages[1]) == [opened]


def test_a_page_about_no_stored_alert_is_refused(store: ServingStore) -> None:
    page = add_page(store)
    orphan = replace(page, id=PageId("orphan"), alert_id=AlertId("nowhere"))

    with pytest.raises(Exception, match=r"(?i)foreign key"):
        store.run(lambda tx: tx.page.add(orphan))
