from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.handrail_process import ServerProcess, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """One real server for all tests of a module."""
    with serving(Path(tmp_path_factory.mktemp("server"))) as running:
        yield running
