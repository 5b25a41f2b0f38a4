"""The page of changes."""

from datetime import timedelta

from tests.api.site import Site


def report(home: Site, who: str = "ben", **form: str) -> int:
    said = {"title": "Checkout 4.2", "kind": "deploy", "service": "checkout", **form}
    return home.press("/changes", who, **said).status


def test_changes_are_listed_last_reported_first(home: Site) -> None:
    report(home, title="Checkout 4.1")
    home.clock.move(timedelta(minutes=1))
    report(home, version="4.2", link="https://deploy.example.org/42")

    shown = home.look("/changes", "cleo").text

    assert shown.index("Checkout 4.2") < shown.index("Checkout 4.1")
    assert 'href="https://deploy.example.org/42"' in shown
    assert "deploy of Checkout, version 4.2, by ben" in shown
    assert "Report one by hand" not in shown


def test_those_of_one_service_can_be_had(home: Site) -> None:
    report(home)
    report(home, title="New router", service="")

    shown = home.look("/changes?service=checkout", "cleo").text

    assert "Checkout 4.2" in shown
    assert "New router" not in shown


def test_older_ones_follow(home: Site) -> None:
    for number in range(51):
        report(home, title=f"Deploy {number}.")
        home.clock.move(timedelta(milliseconds=5))

    first = home.look("/changes?service=checkout", "ana").text
    place = first.split('href="/changes?before=')[1].split('"')[0]
    second = home.look(f"/changes?before={place.replace('&amp;', '&')}", "ana").text

    assert "Deploy 50." in first
    assert "Deploy 0." not in first
    assert "Deploy 0." in second


def test_a_refused_report_keeps_what_was_typed(home: Site) -> None:
    answer = home.press("/changes", "ben", title="Router", kind="deploy", at="later")

    assert answer.status == 422
    assert 'value="Router"' in answer.text
    assert "write it like 14:05" in answer.text
    assert report(home, version="x" * 1001) == 422
    assert report(home, "cleo") == 403


def test_a_script_is_never_a_link(home: Site) -> None:
    report(home, link="javascript:alert(1)")

    assert "javascript:" not in home.look("/changes", "cleo").text
