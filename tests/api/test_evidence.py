"""Evidence files over HTTP."""

import hashlib

import pytest
from tests.api.site import Answer, Site

PATH = "/api/v1/incidents/INC-1/evidence"


@pytest.fixture
def declared(home: Site) -> Site:
    assert home.post("/api/v1/incidents", {"title": "It broke"}, "ben").status == 201
    return home


def _upload(home: Site, body: bytes, media_type: str, query: str = "") -> Answer:
    headers = {**home.as_("ben"), "content-type": media_type}
    return home.ask("POST", f"{PATH}{query}", headers=headers, body=body)


def test_a_raw_body_is_kept_and_given_back(declared: Site) -> None:
    kept = _upload(declared, b"<svg/>", "image/svg+xml", "?name=a%20graph.svg&note=5xx")

    file = kept.json()["evidence"][0]
    given = declared.get(f"{PATH}/{file['id']}", "cleo")
    assert kept.status == 201
    assert (file["name"], file["note"], file["size"]) == ("a graph.svg", "5xx", 6)
    assert file["sha256"] == hashlib.sha256(b"<svg/>").hexdigest()
    assert given.body == b"<svg/>"
    assert given.header("content-disposition") == (
        "attachment; filename*=UTF-8''a%20graph.svg"
    )
    assert given.header("content-type") == "application/octet-stream"
    assert given.header("x-content-type-options") == "nosniff"
    assert "sandbox" in given.header("content-security-policy")


def test_a_raster_image_may_be_looked_at(declared: Site) -> None:
    kept = _upload(declared, b"png", "image/png", "?name=g.png").json()["evidence"][0]

    given = declared.get(f"{PATH}/{kept['id']}", "cleo")

    assert given.header("content-type") == "image/png"
    assert given.header("content-disposition").startswith("inline")


def test_a_forms_file_is_kept(declared: Site) -> None:
    form = (
        b'--x\r\nContent-Disposition: form-data; name="note"\r\n\r\nthe log\r\n'
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.log"\r\n'
        b"Content-Type: text/plain\r\n\r\nboom\r\n--x--\r\n"
    )

    kept = _upload(declared, form, "multipart/form-data; boundary=x")

    file = kept.json()["evidence"][0]
    assert (file["name"], file["media_type"], file["note"], file["size"]) == (
        "a.log",
        "text/plain",
        "the log",
        4,
    )


def test_a_form_without_a_file_is_refused(declared: Site) -> None:
    form = b'--x\r\nContent-Disposition: form-data; name="note"\r\n\r\nhi\r\n--x--\r\n'

    answer = _upload(declared, form, "multipart/form-data; boundary=x")

    assert answer.status == 422


@pytest.mark.parametrize(("size", "status"), [(0, 422), (10 * 1024 * 1024 + 1, 422)])
def test_a_file_has_between_a_byte_and_ten_mebibytes(
    declared: Site, size: int, status: int
) -> None:
    answer = _upload(declared, b"x" * size, "text/plain", "?name=a")

    assert answer.status == status


def test_what_is_much_too_large_is_not_even_read(declared: Site) -> None:
    answer = _upload(declared, b"x" * (11 * 1024 * 1024), "text/plain", "?name=a")

    assert answer.status == 413


def test_evidence_of_another_incident_is_not_found(declared: Site) -> None:
    kept = _upload(declared, b"x", "text/plain").json()["evidence"][0]
    declared.post("/api/v1/incidents", {"title": "Another"}, "ben")

    other = declared.get(f"/api/v1/incidents/INC-2/evidence/{kept['id']}", "cleo")

    assert other.status == 404
