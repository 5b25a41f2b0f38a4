"""The page that shows what applying files would change, and applies nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.api.site import CONFIGURATION, Answer, Site, site

PLACE = "/configuration/plan"
LINE = "line-between-parts"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as made:
        yield made


def send(
    home: Site, who: str, *files: tuple[str, bytes], text: str = "", **more: str
) -> Answer:
    """Post the form as a browser does, files and all."""
    parts = [
        f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode()
        for name, value in {"text": text, **more}.items()
    ]
    parts += [
        f'Content-Disposition: form-data; name="files"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n".encode()
        + content
        for name, content in files or (("", b""),)
    ]
    body = b"".join(f"--{LINE}\r\n".encode() + part + b"\r\n" for part in parts)
    headers = {
        "content-type": f"multipart/form-data; boundary={LINE}",
        "sec-fetch-site": "same-origin",
        **home.browser(who),
    }
    ended = body + f"--{LINE}--\r\n".encode()
    return home.ask("POST", PLACE, headers=headers, body=ended)


SWAPPED = CONFIGURATION.replace("participants: [ana, ben]", "participants: [ben, ana]")


def test_a_plan_says_what_it_means_for_people_and_changes_nothing(home: Site) -> None:
    before = home.store.read(lambda tx: tx.configuration.snapshot().revision)

    shown = send(home, "ana", ("rota.yaml", SWAPPED.encode()))

    assert shown.status == 200
    assert "What it means for people" in shown.text
    assert "~ schedule primary" in shown.text
    assert "1 changed" in shown.text
    after = home.store.read(lambda tx: tx.configuration.snapshot().revision)
    assert after == before


def test_the_page_and_the_interface_say_the_same(home: Site) -> None:
    files = {"files": [{"name": "rota.yaml", "text": SWAPPED}]}
    plan = home.post("/api/v1/config/plan", files, "ana").json()

    shown = send(home, "ana", ("rota.yaml", SWAPPED.encode())).text

    assert plan["consequences"]
    for one in plan["consequences"]:
        assert one["text"].replace("'", "&#39;") in shown


def test_new_warnings_stand_in_the_open_and_those_that_hold_already_are_counted(
    home: Site,
) -> None:
    mute = "---\nuser: {name: zoe, email: zoe@example.org, time_zone: Europe/London}\n"
    text = SWAPPED.replace("[ben, ana]", "[ben, zoe]") + mute
    plan = home.post(
        "/api/v1/config/plan", {"files": [{"name": "r.yaml", "text": text}]}, "ana"
    ).json()
    count = plan["warnings_standing"]
    assert 0 < count < len(plan["warnings"])

    shown = send(home, "ana", ("r.yaml", text.encode())).text

    fresh, _, standing = shown.split("<h1>")[1].partition("<details>")
    listed = standing.split("</details>")[0]
    assert f"<summary>{count} warnings hold as before, not about this" in listed
    assert listed.count("<li>") == count
    assert fresh.count("warning: ") == len(plan["warnings"]) - count
    assert "zoe" in fresh.split("<h3>Warnings</h3>")[1]


def test_pasted_text_and_files_are_one_configuration(home: Site) -> None:
    head, tail = CONFIGURATION.split("---\nschedule:")

    shown = send(home, "ana", ("people.yaml", head.encode()), text="schedule:" + tail)

    assert "Nothing would change" in shown.text


def test_what_is_wrong_is_told_by_file_and_line_and_the_text_is_kept(
    home: Site,
) -> None:
    shown = send(home, "ana", text=CONFIGURATION.replace("[ana, ben]", "[ana, zoe]"))

    assert shown.status == 422
    assert "pasted.yaml:" in shown.text
    assert "zoe" in shown.text
    assert "full_name: Ana Berger" in shown.text
    assert "nothing was applied" not in shown.text


def test_nothing_and_what_is_no_text_are_refused_in_words(home: Site) -> None:
    nothing = send(home, "ana")
    binary = send(home, "ana", ("photo.yaml", b"\xff\xfe\x00"))

    assert nothing.status == binary.status == 422
    assert "choose files, or paste their text" in nothing.text
    assert "photo.yaml is not UTF-8 text" in binary.text


def test_a_part_keeps_what_it_does_not_name(home: Site) -> None:
    part = "service: {name: shop, title: Shop, escalation_policy: payments-oncall}"

    whole = send(home, "ana", text=part)
    partial = send(home, "ana", text=part, partial="yes")

    assert whole.status == 422 or "removed" in whole.text
    assert "1 added" in partial.text
    assert "removed" not in partial.text.split("<form")[0]


def test_only_who_may_apply_is_led_there_and_let_in(home: Site) -> None:
    assert PLACE in home.look("/configuration", "ana").text
    assert PLACE not in home.look("/configuration", "ben").text
    assert home.look(PLACE, "ana").status == 200
    assert home.look(PLACE, "ben").status == 403
    assert send(home, "ben", text=CONFIGURATION).status == 403


def test_the_page_says_why_it_does_not_apply(home: Site) -> None:
    shown = home.look(PLACE, "ana").text

    assert "this page shows, and the command applies" in shown
    assert "handrail config apply" in shown
