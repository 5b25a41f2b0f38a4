"""The first acts: the stage is set, orders fail, somebody is found."""

import time

from tools.demo.instance import ROOT, Instance
from tools.demo.narration import HANDRAIL, Came, Typed, Written
from tools.demo.scene import FIRST_ANSWER_SECONDS, Scene
from tools.demo.shop import BROKEN, STREAK, TITLE, Monitor, Shop
from tools.demo.waiting import MissedError

EXAMPLE = ROOT / "examples" / "demo.yaml"
WRITTEN_PORT = "127.0.0.1:9180"


def configure(instance: Instance, shop: Shop) -> int:
    """Bring the example into force, with the shop's port; return its documents."""
    text = EXAMPLE.read_text(encoding="utf-8")
    assert WRITTEN_PORT in text, "the example names the shop's place"
    plan = instance.folder / EXAMPLE.name
    plan.write_text(text.replace(WRITTEN_PORT, f"127.0.0.1:{shop.port}"), "utf-8")
    instance.command("config", "apply", plan.name)
    return len(instance.get("/config")["documents"])


def set_the_stage(scene: Scene) -> None:
    """Configure, and let people sign in."""
    told = scene.told
    told.act("The stage")
    told.step(
        "You",
        f"start Handrail on {scene.instance.url}, with a mail server and a small shop "
        "beside it.",
        Typed("handrail serve"),
    )
    documents = configure(scene.instance, scene.shop)
    told.step(
        "You",
        f"bring the configuration into force, {documents} documents: people, who is on "
        "call, who is told when, what a SEV1 demands, the status page, a roll-back.",
        Typed(f"handrail config apply {EXAMPLE.relative_to(ROOT).as_posix()}"),
    )
    people = (scene.ana, scene.ben, scene.mia, scene.noa)
    for person in people:
        person.sign_in()
    names = ", ".join(person.called for person in people)
    told.step("People", f"sign in by links that were mailed to them: {names}.")


def orders_fail(scene: Scene, monitor: Monitor) -> None:
    """A deploy breaks the shop; its monitor signals; Ana is told."""
    told, times = scene.told, scene.times
    token = scene.instance.command("token", "create", "pipeline").data.strip()
    told.act("Something breaks")
    change = {"title": "Checkout", "version": BROKEN, "service": "checkout"}
    change |= {"changed_by": "the pipeline"}
    taken = scene.instance.post("/changes", change, token=token)
    scene.shop.version = BROKEN
    told.step(
        "Pipeline",
        f"deploys checkout {BROKEN} and reports that to Handrail.",
        Written([f"POST /api/v1/changes → {taken.status}"]),
    )
    monitor.await_signal(monitor.has_fired, what="the shop's monitor to signal")
    assert monitor.answer is not None
    times.signal, times.answered = monitor.fired_at, monitor.answer.seconds
    told.step(
        "Monitor",
        f'sees {STREAK} orders in a row fail and signals "{TITLE}". Handrail '
        f"has it on disk and answers after {times.answered * 1000:.0f} ms.",
        Written([f"POST /i/KEY/generic → {monitor.answer.status}"]),
    )
    letter = scene.ana.reads(TITLE)
    times.first_mail = letter.at
    soon = f"{letter.at - times.signal:.2f} s after the signal"
    told.step(HANDRAIL, "pages Ana, who is on call.", Came(letter, soon))


def nobody_answers(scene: Scene) -> None:
    """Ana sleeps, so that Ben is told; he takes it by the link in his mail."""
    told, times = scene.told, scene.times
    told.step("Ana", f"is asleep. The policy gives her {FIRST_ANSWER_SECONDS} seconds.")
    letter = scene.ben.reads(TITLE)
    times.second_mail = letter.at
    soon = f"{letter.at - times.signal:.2f} s after the signal"
    told.step(HANDRAIL, "has no answer and tells the next, Ben.", Came(letter, soon))
    shown = scene.ben.opens(letter)
    state = scene.page()["state"]
    if state != "open":
        awaited = "the page to be open still, since looking acts on nothing"
        raise MissedError(awaited, detail=f"It is {state}.")
    answer = scene.ben.acknowledges(letter, shown)
    times.acknowledged, times.pressed = time.monotonic(), answer.seconds
    scene.awaits(
        lambda: scene.page()["acknowledged_by"] == scene.ben.name or None,
        what="the page to be acknowledged by Ben",
    )
    told.step(
        "Ben",
        "opens the link in the mail, which does nothing yet, and presses the button: "
        "a plain form, no sign-in, no JavaScript. It is his in "
        f"{times.pressed * 1000:.0f} ms.",
    )
