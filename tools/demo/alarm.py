"""The first acts: the stage is set, orders fail, somebody is found."""

import time

from tools.demo.instance import ROOT, Instance
from tools.demo.scene import FIRST_ANSWER_SECONDS, Scene
from tools.demo.shop import BROKEN, STREAK, TITLE, Monitor, Shop
from tools.demo.waiting import MissedError, await_found

EXAMPLE = ROOT / "examples" / "demo.yaml"
WRITTEN_PORT = "127.0.0.1:9180"


def configure(instance: Instance, shop: Shop) -> int:
    """Bring the example into force; return how many documents it has."""
    text = EXAMPLE.read_text(encoding="utf-8")
    assert WRITTEN_PORT in text, "the example names the shop's place"
    plan = instance.folder / "demo.yaml"
    plan.write_text(text.replace(WRITTEN_PORT, f"127.0.0.1:{shop.port}"), "utf-8")
    instance.command("config", "apply", str(plan))
    found = instance.get("/config")
    return len(found["documents"])


def set_the_stage(scene: Scene) -> None:
    """Configure, and let people sign in."""
    told = scene.told
    told.act("The stage")
    told.step("You", f"start Handrail: {scene.instance.url}")
    documents = configure(scene.instance, scene.shop)
    told.step("You", f"bring a configuration of {documents} documents into force:")
    told.command("handrail config apply examples/demo.yaml")
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
    change |= {"changed_by": "pipeline"}
    scene.instance.post("/changes", change, token=token)
    scene.shop.version = BROKEN
    told.step("Pipeline", f"deploys checkout {BROKEN} and reports it to Handrail.")
    monitor.await_signal(monitor.has_fired, what="the shop's monitor to signal")
    times.signal = monitor.fired_at
    assert monitor.answer is not None
    taken = f"{monitor.answer.seconds * 1000:.0f} ms"
    told.step("Monitor", f"{STREAK} orders in a row failed. It signals {TITLE!r}; on")
    told.more(f"disk and answered {monitor.answer.status} within {taken}.")
    letter = scene.ana.reads(TITLE)
    times.first_mail = letter.at
    told.step("Handrail", "pages Ana, who is on call first.")
    told.letter(letter, after=f"{letter.at - times.signal:.2f} s after the signal")


def nobody_answers(scene: Scene) -> None:
    """Ana sleeps, so that Ben is told; he takes it by the link in his mail."""
    told, times = scene.told, scene.times
    told.step("Ana", f"is asleep. She has {FIRST_ANSWER_SECONDS} seconds.")
    letter = scene.ben.reads(TITLE)
    times.second_mail = letter.at
    told.step("Handrail", "had no answer and tells the next level: Ben.")
    waited = letter.at - times.first_mail
    told.letter(letter, after=f"{waited:.2f} s after Ana's")
    page = scene.page()
    if page["state"] != "open":
        raise MissedError("the page to be open", detail=f"It is {page['state']}.")
    answer = scene.ben.acknowledges(letter)
    times.acknowledged = time.monotonic()
    page = await_found(
        lambda: found if (found := scene.page())["acknowledged_by"] else None,
        what="the page to be acknowledged",
    )
    took = f"{answer.seconds * 1000:.0f} ms"
    told.step("Ben", "opens the link in the mail, on his phone, and presses the one")
    told.more(f"button: no sign-in, no JavaScript. It is his in {took}.")
