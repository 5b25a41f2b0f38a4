"""A postmortem by plain forms: read, written together, refused, published."""

import pytest
from tests.api.site import Answer, Site
from tests.web.responding import RESPONSE, declared, resolved, written

from handrail.core.postmortem.section import Section

NEEDED = ("summary", "impact_users", "went_well", "went_poorly")


@pytest.fixture
def ready(home: Site) -> Site:
    home.configure(RESPONSE)
    return home


def press(home: Site, name: str, act: str, who: str = "ana", **form: str) -> Answer:
    return home.press(f"/postmortems/{name}/{act}", who, **form)


def write(
    home: Site, name: str, section: str, text: str, version: int, who: str = "ana"
) -> Answer:
    form = {"section": section, "text": text, "version": str(version)}
    return press(home, name, "sections", who, **form)


def version(home: Site, name: str) -> str:
    return str(written(home, name).sequence)


def complete(home: Site, name: str) -> None:
    for section in NEEDED:
        done = write(home, name, section, "Words.", written(home, name).sequence)
        assert done.status == 303
    press(home, name, "factor-add", text="The pool is small", kind="technology")


def test_a_draft_stands_full_of_what_the_record_knows(ready: Site) -> None:
    name = resolved(ready)

    shown = ready.look(f"/postmortems/{name}", "cleo").text

    assert "Checkout is down" in shown
    assert "From the record" in shown
    assert "The record&#39;s timeline" in shown or "The record's timeline" in shown
    assert "What happened, for whom, how long" in shown
    assert 'method="post" action="/postmortems' not in shown  # She only reads.


def test_all_that_is_missing_is_linked_to_where_it_is_given(ready: Site) -> None:
    name = resolved(ready)
    press(ready, name, "item-add", title="Alert on pool use")
    press(ready, name, "factor-add", text="Human error", kind="process")

    shown = ready.look(f"/postmortems/{name}", "ana").text

    for section in NEEDED:
        assert f'href="#section-{section}"' in shown
        assert f'id="section-{section}"' in shown
    assert 'href="#factor-f1"' in shown
    assert 'id="factor-f1"' in shown
    assert 'href="/action-items/ACT-1#plan"' in shown
    assert "It says “Human error”" in shown


def test_a_section_is_saved_and_shown_where_it_stands(ready: Site) -> None:
    name = resolved(ready)

    done = write(ready, name, "summary", "Carts failed.\r\nFor an hour.", 1)

    place = f"/postmortems/{name}?news=postmortem-sections#section-summary"
    assert done.header("location") == place
    text = "Carts failed.\nFor an hour."
    assert written(ready, name).text(Section.SUMMARY) == text
    assert "Ana Berger, " in ready.look(f"/postmortems/{name}", "ana").text


def test_two_who_write_the_same_section_see_both_texts(ready: Site) -> None:
    name = resolved(ready)
    write(ready, name, "summary", "Ana's words.", 1)

    late = write(ready, name, "summary", "Ben's words.", 1, "ben")

    assert late.status == 409
    assert "ana changed summary" in late.text.casefold()
    section = late.text.split('id="section-summary"')[1].split("</section>")[0]
    assert "What stands there now</h3>" in section
    assert section.count("Ana&#39;s words.") == 2
    assert "Ben&#39;s words.</textarea>" in section
    assert written(ready, name).text(Section.SUMMARY) == "Ana's words."
    # Who has read both decides.
    again = write(ready, name, "summary", "Both words.", 2, "ben")
    assert again.status == 303
    assert written(ready, name).text(Section.SUMMARY) == "Both words."


def test_two_who_write_different_sections_do_not_disturb_each_other(
    ready: Site,
) -> None:
    name = resolved(ready)

    first = write(ready, name, "summary", "Ana's words.", 1)
    other = write(ready, name, "luck", "It was night.", 1, "ben")

    assert (first.status, other.status) == (303, 303)


def test_factors_are_many_and_answer_for_blame(ready: Site) -> None:
    name = resolved(ready)
    for text in ("The pool is small", "Human error at the console"):
        press(ready, name, "factor-add", text=text, kind="technology")

    press(
        ready,
        name,
        "factor-change",
        factor="f2",
        text="Human error at the console",
        kind="process",
        made_possible="no second look is asked for",
        would_have_caught="a dry run",
        version=version(ready, name),
    )
    press(ready, name, "factor-remove", factor="f1", version=version(ready, name))

    (factor,) = written(ready, name).factors
    assert (factor.id, factor.kind) == ("f2", "process")
    shown = ready.look(f"/postmortems/{name}", "ana").text
    assert "What would have caught it: a dry run" in shown
    assert "It says “" not in shown


def test_words_for_a_factor_that_is_gone_are_kept(ready: Site) -> None:
    name = resolved(ready)
    press(ready, name, "factor-add", text="The pool is small", kind="technology")
    seen = version(ready, name)
    press(ready, name, "factor-remove", factor="f1", version=seen)

    late = press(
        ready,
        name,
        "factor-change",
        "ben",
        factor="f1",
        text="The pool is too small",
        kind="technology",
        version=seen,
    )

    assert late.status == 404
    form = late.text.split('action="/postmortems/' + name + '/factor-add"')[1]
    assert "The pool is too small</textarea>" in form.split("</form>")[0]


def test_two_who_change_one_factor_see_both(ready: Site) -> None:
    name = resolved(ready)
    press(ready, name, "factor-add", text="The pool is small", kind="technology")
    seen = version(ready, name)
    change = {"factor": "f1", "kind": "technology", "version": seen}
    press(ready, name, "factor-change", text="The pool has 5 places", **change)

    late = press(ready, name, "factor-change", "ben", text="Ben's way", **change)

    assert late.status == 409
    factor = late.text.split('id="factor-f1"')[1].split("</li>")[0]
    assert "The pool has 5 places" in factor
    assert "Ben&#39;s way</textarea>" in factor


def test_publishing_too_early_lists_all_that_is_missing(ready: Site) -> None:
    name = resolved(ready)
    press(ready, name, "submit")

    refused = press(ready, name, "publish", version=version(ready, name))

    assert refused.status == 422
    assert "Not yet: 5 things are missing" in refused.text
    assert refused.text.count("is not written</a>") == 4


def test_it_is_submitted_published_and_written_on(ready: Site) -> None:
    name = resolved(ready)
    complete(ready, name)
    assert "Nothing is missing" in ready.look(f"/postmortems/{name}", "ana").text

    press(ready, name, "submit")
    press(ready, name, "publish", "ben", version=version(ready, name))

    shown = ready.look(f"/postmortems/{name}", "ana").text
    assert "by Ben Okoro" in shown
    assert f'action="/postmortems/{name}/sections"' not in shown
    assert "published</b>" in ready.look("/postmortems", "cleo").text
    assert press(ready, name, "write-on", reason=" ").status == 422
    press(ready, name, "write-on", reason="a number was wrong")
    assert written(ready, name).state == "draft"


def test_what_was_changed_since_it_was_read_is_not_published(ready: Site) -> None:
    name = resolved(ready)
    complete(ready, name)
    press(ready, name, "submit")
    read = version(ready, name)
    write(ready, name, "luck", "It was night.", int(read), "ben")

    refused = press(ready, name, "publish", version=read)

    assert refused.status == 409
    assert "ben changed luck" in refused.text.casefold()
    assert "It was night." in refused.text


def test_it_is_downloaded_as_markdown_by_who_is_signed_in(ready: Site) -> None:
    name = resolved(ready)
    shown = ready.look(f"/postmortems/{name}", "cleo").text
    place = f"/api/v1/postmortems/{name}.md"

    got = ready.look(place, "cleo")

    assert f'href="{place}"' in shown
    assert got.text.startswith(f"# Postmortem {name}: Checkout is down")


def test_the_library_goes_on_and_teaches_while_it_is_empty(ready: Site) -> None:
    assert "No postmortem yet" in ready.look("/postmortems", "ana").text
    name = resolved(ready)

    assert name in ready.look("/postmortems?before=99", "ana").text
    assert "No postmortem yet" in ready.look("/postmortems?before=1", "ana").text


def test_one_of_a_private_incident_is_not_there_for_others(ready: Site) -> None:
    name = resolved(ready, is_private="yes")
    press(ready, name, "item-add", title="Tell nobody")

    assert ready.look(f"/postmortems/{name}", "ben").status == 404
    assert name not in ready.look("/postmortems", "ben").text
    assert press(ready, name, "submit", "ben").status == 404
    assert ready.look("/action-items/ACT-1", "ben").status == 404
    assert "Tell nobody" not in ready.look("/action-items", "ben").text


def test_there_is_none_while_the_response_runs(ready: Site) -> None:
    name = declared(ready)

    assert ready.look(f"/postmortems/{name}", "ana").status == 404
    assert ready.press("/postmortems", "ana", incident=name).status == 409
    assert press(ready, name, "submit").status == 404


def test_what_people_wrote_is_never_markup(ready: Site) -> None:
    name = resolved(ready)
    for section in Section:
        sequence = written(ready, name).sequence
        write(ready, name, section, "<script>alert(1)</script>", sequence)
    press(ready, name, "factor-add", text="<b>x</b>", kind="process")

    shown = ready.look(f"/postmortems/{name}", "ana").text

    assert "<script" not in shown
    assert "<b>x</b>" not in shown
