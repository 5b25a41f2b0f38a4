"""The sink sees what arrives whole, and when."""

import http.client
from urllib.parse import urlsplit

from benchmarks.sink import http_sink


def test_posts_on_one_connection_are_seen_in_order() -> None:
    with http_sink() as (url, arrivals):
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
        for body in (b"first", b"", b"x" * 200_000 + b"third"):
            connection.request("POST", "/", body)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200
        connection.close()

        assert arrivals.wait_for(b"third", seconds=10) < float("inf")
        assert arrivals.wait_for(b"first", seconds=0) < float("inf")
        assert arrivals.wait_for(b"first", seconds=0, start=1) == float("inf")
        assert [len(body) for _, body in arrivals.bodies] == [5, 0, 200_005]
