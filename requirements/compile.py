"""Write the lock files: ``make lock``.

The pins are resolved on the oldest Python we support and must hold on the newest, so
a marker on the Python version may not appear in them; the hashes are of every file of
a release, so one lock serves every platform.
"""

import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCKS = ROOT / "requirements"
OPTIONS = (
    "--quiet",
    "--generate-hashes",
    "--strip-extras",
    "--allow-unsafe",
    "--no-header",
    "--no-annotate",
    "--no-emit-index-url",
    "--no-emit-trusted-host",
    "--no-emit-find-links",
)


def main() -> None:
    """Compile ``run.txt``, on its pins ``dev.txt``, and on those ``demo.txt``."""
    upgrade = [argument for argument in sys.argv[1:] if argument == "--upgrade"]
    common = ["pyproject.toml", "requirements/build.in", "--extra=postgres"]
    _compile(LOCKS / "run.txt", [*common, *upgrade])
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for group, pins in (("dev", "run.txt"), ("demo", "dev.txt")):
        with tempfile.TemporaryDirectory() as folder:
            wanted = Path(folder) / f"{group}.in"
            lines = [*project["dependency-groups"][group], f"-c {LOCKS / pins}"]
            wanted.write_text("\n".join(lines), encoding="utf-8")
            _compile(LOCKS / f"{group}.txt", [*common, str(wanted), *upgrade])


def _compile(target: Path, arguments: list[str]) -> None:
    command = [sys.executable, "-m", "piptools", "compile", *OPTIONS]
    command += ["--output-file", str(target), *arguments]
    subprocess.run(command, cwd=ROOT, check=True)
    text = target.read_text(encoding="utf-8")
    unportable = [line for line in text.splitlines() if "python_version" in line]
    if unportable or "://" in text:
        sys.exit(f"{target.name} does not hold everywhere: {unportable or 'an URL'}")
    print(f"{target.name}: {text.count('==')} packages")


main()
