"""``python -m tools.demo``: play it, leave the console open, clean up."""

import argparse
import os
import secrets
import shutil
import signal
import sys
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path
from types import FrameType

from tools.demo import alarm, learning, response, summary
from tools.demo.instance import Instance
from tools.demo.mailbox import Mailbox
from tools.demo.narration import Narrator, narrator
from tools.demo.person import Person
from tools.demo.scene import Scene
from tools.demo.shop import Monitor, Shop
from tools.demo.waiting import MissedError, pause

READING_SECONDS = 1.0
INTERRUPTED = 130
_LOOK_EVERY_SECONDS = 0.5
_STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StoppedError(Exception):
    """Somebody asked the demo to stop: by Ctrl-C, or as a supervisor does."""


def main(mailbox: Mailbox | None = None) -> int:
    """Play the demo; 0 when it came to its end, 1 when something did not come about.

    Args:
        mailbox: The mail server; one that takes everything unless another is given.
    """
    asked = _arguments()
    told = narrator(pace=asked.pace, has_colour="NO_COLOR" not in os.environ)
    for number in _STOPS:
        signal.signal(number, _stop)
    folder = Path(tempfile.mkdtemp(prefix="handrail-demo-"))
    try:
        _play(told, folder, mailbox or Mailbox(), asked)
    except MissedError as missed:
        _tell_failure(told, folder, missed)
        return 1
    except StoppedError:
        with suppress(OSError):
            told.plain("\nStopped; nothing is left of it.")
        return INTERRUPTED
    except BrokenPipeError:
        # Nobody reads any more, as with `make demo | head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _play(
    told: Narrator, folder: Path, mailbox: Mailbox, asked: argparse.Namespace
) -> None:
    told.title(
        "Handrail: one incident, from the first signal to the published postmortem",
        "A real server, real mails, real timers, all on this machine and thrown away",
        "afterwards. Times are measured; people's reactions are this script's.",
    )
    token = secrets.token_urlsafe(24)
    with ExitStack() as stack:
        stack.enter_context(mailbox)
        shop = stack.enter_context(Shop(token=token))
        made = Instance(
            folder,
            port=asked.port,
            smtp_port=mailbox.port,
            secrets={"SHOP_DEPLOY_TOKEN": token},
        )
        scene = _scene(told, stack.enter_context(made), mailbox, shop)
        mailbox.check = made.check
        try:
            _tell(scene)
            if not asked.once:
                summary.leave_open(scene)
                _wait_for_interrupt(scene)
        except MissedError as missed:
            raise made.explain(missed) from missed
    if not asked.once:
        told.plain("Stopped; nothing is left of it.")


def _tell(scene: Scene) -> None:
    """Play all acts, one after the other."""
    alarm.set_the_stage(scene)
    key = scene.instance.command("integration", "key", "shop-monitor").data.strip()
    signals_url = f"{scene.instance.url}/i/{key}/generic"
    with Monitor(scene.shop, signals_url=signals_url) as monitor:
        alarm.orders_fail(scene, monitor)
        alarm.nobody_answers(scene)
        response.command(scene)
        response.tell_people(scene)
        response.mitigate(scene, monitor)
        response.keep_promises(scene)
        response.resolve(scene)
    learning.learn(scene)
    summary.tell(scene)


def _scene(told: Narrator, instance: Instance, mailbox: Mailbox, shop: Shop) -> Scene:
    def person(name: str) -> Person:
        return Person(name=name, instance=instance, mailbox=mailbox)

    return Scene(
        told=told,
        instance=instance,
        mailbox=mailbox,
        shop=shop,
        ana=person("ana"),
        ben=person("ben"),
        mia=person("mia"),
        noa=person("noa"),
        eli=person("eli"),
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make demo", description="Drive a throw-away Handrail through an incident."
    )
    parser.add_argument(
        "--once",
        action="store_true",
        default=os.environ.get("DEMO_ONCE", "") not in {"", "0"},
        help="end when the story does; DEMO_ONCE=1 is the same",
    )
    parser.add_argument(
        "--port", type=int, default=0, help="of the console; by default a free one"
    )
    parser.add_argument(
        "--pace",
        type=float,
        default=READING_SECONDS,
        metavar="SECONDS",
        help="time to read each step; %(default)s by default",
    )
    return parser.parse_args()


def _wait_for_interrupt(scene: Scene) -> None:
    """Return at Ctrl-C.

    Raises:
        MissedError: The server ended before.
    """
    try:
        while True:
            scene.instance.check()
            pause(_LOOK_EVERY_SECONDS)
    except StoppedError:
        scene.told.plain("\nStopping.")


def _stop(_number: int, _frame: FrameType | None) -> None:
    """Stop, once: what is to be cleaned up then is not interrupted again."""
    for number in _STOPS:
        signal.signal(number, signal.SIG_IGN)
    raise StoppedError


def _tell_failure(told: Narrator, folder: Path, missed: MissedError) -> None:
    """Say what was awaited, and keep the server's log."""
    log = folder / "server.log"
    kept = ""
    if log.exists():
        handle, kept = tempfile.mkstemp(prefix="handrail-demo-", suffix=".log")
        os.close(handle)
        shutil.copyfile(log, kept)
    told.failure(f"The demo ends here. It waited for {missed.awaited}.", missed.detail)
    if kept:
        told.plain(f"The server's log is kept: {kept}")


if __name__ == "__main__":
    sys.exit(main())
