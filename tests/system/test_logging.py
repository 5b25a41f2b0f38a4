import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import structlog

from handrail.system.logging import REDACTED, configure, is_sensitive

AT = datetime(2026, 1, 31, 8, 0, 5, 120_000, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _untouched() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def lines(*, is_json: bool = True, level: str = "info") -> io.StringIO:
    stream = io.StringIO()
    configure(stream, is_json=is_json, level=level, now=lambda: AT)
    return stream


def test_a_line_is_one_json_object_with_a_static_name() -> None:
    stream = lines()

    structlog.get_logger().info("page_opened", page_id="p1", severity="SEV1")

    assert json.loads(stream.getvalue()) == {
        "name": "page_opened",
        "level": "info",
        "timestamp": "2026-01-31T08:00:05.120Z",
        "page_id": "p1",
        "severity": "SEV1",
    }


def test_lines_for_people_have_no_braces_and_no_colours_off_a_terminal() -> None:
    stream = lines(is_json=False)

    structlog.get_logger().warning("record_delayed", send_id="s1")

    text = stream.getvalue()
    assert "record_delayed" in text
    assert "send_id=s1" in text
    assert "{" not in text
    assert "\x1b" not in text


def test_library_lines_take_the_same_road() -> None:
    stream = lines()

    logging.getLogger("uvicorn.error").error("Listening on %s", "127.0.0.1")

    line = json.loads(stream.getvalue())
    assert line["name"] == "Listening on 127.0.0.1"
    assert line["level"] == "error"


def test_access_lines_with_their_paths_are_left_out() -> None:
    stream = lines(level="debug")

    logging.getLogger("uvicorn.access").info('GET /a/token "200"')

    assert stream.getvalue() == ""


def test_lines_below_the_level_are_left_out() -> None:
    stream = lines(level="warning")

    structlog.get_logger().info("page_opened")

    assert stream.getvalue() == ""


CANARY = "canary-7f3a"


@pytest.mark.parametrize(
    "fields",
    [
        {"password": CANARY},
        {"smtp_password": CANARY},
        {"Authorization": CANARY},
        {"api-token": CANARY},
        {"secret_key": CANARY},
        {"integration_key": CANARY},
        {"settings": {"smtp": {"password": CANARY}}},
        {"headers": [{"authorization": CANARY}]},
        {"path": f"/a/{CANARY}?x=1"},
        {"path": f"/i/{CANARY}/alertmanager"},
        {"url": f"https://x.test/ingest?key={CANARY}&y=2"},
        {"reason": f"refused: Bearer {CANARY}"},
    ],
)
@pytest.mark.parametrize("is_json", [True, False])
def test_no_secret_reaches_a_line(fields: dict[str, object], is_json: bool) -> None:  # noqa: FBT001 - parametrised
    stream = lines(is_json=is_json)

    structlog.get_logger().info("tried", **fields)
    logging.getLogger("library").warning("tried", extra=fields)

    assert CANARY not in stream.getvalue()
    assert stream.getvalue().count(REDACTED) == 2


@pytest.mark.parametrize("name", ["dedup_key", "idempotency_key", "monkey", "keyboard"])
def test_harmless_names_are_shown(name: str) -> None:
    assert not is_sensitive(name)


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(ValueError, match="LOUD"):
        configure(io.StringIO(), is_json=True, level="loud", now=lambda: AT)


def _fail_with(password: str) -> None:
    raise KeyError(len(password))


@pytest.mark.parametrize("is_json", [True, False])
def test_a_traceback_is_part_of_its_line_without_variables(is_json: bool) -> None:  # noqa: FBT001 - parametrised
    stream = lines(is_json=is_json)

    try:
        _fail_with(CANARY)
    except KeyError:
        structlog.get_logger().exception("send_failed")

    assert "send_failed" in stream.getvalue()
    assert "KeyError" in stream.getvalue()
    assert "_fail_with" in stream.getvalue()
    assert CANARY not in stream.getvalue()


@pytest.mark.parametrize("is_json", [True, False])
def test_a_secret_in_the_words_of_an_error_is_hidden(is_json: bool) -> None:  # noqa: FBT001 - parametrised
    stream = lines(is_json=is_json)

    try:
        _fail_at(f"https://x.test/a/{CANARY}")
    except ValueError:
        structlog.get_logger().exception("send_failed")

    assert "ValueError" in stream.getvalue()
    assert CANARY not in stream.getvalue()


def _fail_at(url: str) -> None:
    raise ValueError(url)
