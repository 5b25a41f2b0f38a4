"""As a new user would: a built wheel, an empty folder, the README, a page."""

import os
import re
import subprocess
import sys
import sysconfig
import venv
import zipfile
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.handrail_process import ROOT, serving_with

README = ROOT / "README.md"
PAGED_WITHIN_SECONDS = 30.0


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", target],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = target.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel alone into a new environment; yield its ``handrail``.

    What it depends on is seen in this test's own environment, so that no package
    index is asked; that the locked files suffice is what ``make run`` shows.
    """
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=True)
    paths = sysconfig.get_paths(vars={"base": str(folder), "platbase": str(folder)})
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"),
         "install", "--quiet", "--no-deps", "--no-index", str(wheel)],
        check=True,
        capture_output=True,
    )  # fmt: skip
    dependencies = Path(paths["purelib"]) / "dependencies.pth"
    dependencies.write_text(sysconfig.get_paths()["purelib"] + "\n", encoding="utf-8")
    return folder / "bin" / "handrail"


def test_the_wheel_holds_what_is_no_python(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        present = set(archive.namelist())

    source = ROOT / "src"
    wanted = {
        str(path.relative_to(source))
        for path in source.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert wanted <= present
    assert any(name.endswith("licenses/LICENSE") for name in present)
    assert not any(name.startswith(("tests/", "docs/")) for name in present)


def test_the_readmes_configuration_gets_a_new_user_paged(
    installed: Path, tmp_path: Path
) -> None:
    (tmp_path / "handrail.yaml").write_text(_configuration(), encoding="utf-8")
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("HANDRAIL_", "PYTHON"))
    }
    environment["XDG_CONFIG_HOME"] = str(tmp_path / "none")

    def handrail(*arguments: str) -> str:
        ran = subprocess.run(
            [installed, *arguments],
            cwd=tmp_path,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    command = [str(installed), "serve", "--listen", "127.0.0.1:0"]
    with serving_with(
        command, data_dir=tmp_path / "data", folder=tmp_path, variables=environment
    ) as server:
        handrail("config", "check", "--strict", "handrail.yaml")
        handrail("config", "apply", "handrail.yaml")
        key = handrail("integration", "key", "scripts").strip()
        title = "Checkout is down"
        handrail("alert", "send", title, "--severity", "critical", "--key", key)
        link = server.wait_for(
            "Acknowledge: ", server.pages, seconds=PAGED_WITHIN_SECONDS
        ).split()[1]
        shown = _ask("GET", link, server.url)
        state_after_get = handrail("page", "list")
        _ask("POST", link, server.url)
        state_after_post = handrail("page", "list")

    assert title in shown
    assert " open " in state_after_get
    assert " acknowledged " in state_after_post


def _configuration() -> str:
    """Return the README's configuration as a reader would copy it."""
    text = README.read_text(encoding="utf-8")
    found = re.search(
        r"tested as it stands -->\n +```yaml\n(.*?)\n +```", text, re.DOTALL
    )
    assert found is not None
    return "\n".join(line.removeprefix("   ") for line in found[1].splitlines())


def _ask(method: str, link: str, server: str) -> str:
    place = urlsplit(server)
    connection = HTTPConnection(place.hostname or "", place.port, timeout=10)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request(method, urlsplit(link).path, headers=headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    assert answer.status == 200, text
    return text
