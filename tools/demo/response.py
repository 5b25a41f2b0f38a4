"""The acts of the response: command, promises, the mitigation, the public word."""

import time

from tools.demo.scene import INCIDENT, Scene
from tools.demo.shop import GOOD, Monitor
from tools.demo.waiting import await_found

PUBLIC_TITLE = "Orders cannot be placed"


def declare(scene: Scene) -> None:
    """Ben declares, raises the severity, and Mia takes command."""
    told, ben, mia = scene.told, scene.ben, scene.mia
    told.act("One person commands")
    page = scene.page()["id"]
    scene.types(ben, "declare", "--from-page", page)
    scene.times.declared = time.monotonic()
    incident = scene.incident()
    told.step("Ben", f"declares {incident['name']}: {incident['title']}.")
    told.command(f"handrail declare --from-page {page}")
    told.more(
        f"Handrail takes over service, severity ({incident['severity']}) and when it "
        "was noticed; Ben commands until he hands over."
    )
    severity = ("incident", "severity", "sev1", "--reason", "No order goes through")
    scene.types(ben, *severity)
    told.step("Ben", "says how bad it is.")
    told.command("handrail incident severity sev1 --reason 'No order goes through'")
    owed = [o for o in scene.incident()["obligations"] if o["is_open"]]
    names = ", ".join(str(o["kind"]).replace("_", " ") for o in owed)
    told.step("Handrail", f"puts what SEV1 demands on the clock: {names}.")
    letter = mia.reads(INCIDENT)
    told.step("Handrail", "pages the incident commander on call: Mia.")
    told.letter(letter)
    mia.acknowledges(letter)
    offer = mia.reads("offered command")
    told.step("Mia", "presses the button, and is offered command.")
    told.letter(offer)
    scene.types(mia, "incident", "command", "--accept")
    roles = {r["role"]: r["user"] for r in scene.incident()["roles"]}
    told.step("Mia", "takes it; there is no moment without a commander.")
    told.command("handrail incident command --accept")
    held = ", ".join(f"{u} {r.replace('_', ' ')}" for r, u in sorted(roles.items()))
    told.more(f"Roles: {held}.")


def tell_people(scene: Scene) -> None:
    """Noa tells the public and those who must know."""
    told, noa = scene.told, scene.noa
    scene.types(scene.mia, "incident", "role", "communications_lead", "noa")
    told.step("Mia", "gives Noa the word to the outside.")
    told.command("handrail incident role communications_lead noa")
    told.letter(noa.reads(INCIDENT))
    text = "Orders are refused at the moment. We are rolling a change back."
    asked = time.monotonic()
    scene.types(
        noa,
        *("notice", "publish", INCIDENT, text),
        *("--stage", "investigating", "--title", PUBLIC_TITLE),
        *("--component", "checkout=major_outage", "--next", "15m"),
    )
    scene.times.public = scene.await_public(PUBLIC_TITLE)
    took = scene.times.public - asked
    told.step("Noa", f"tells the public: {PUBLIC_TITLE!r}.")
    told.command(f"handrail notice publish {INCIDENT} '{text}' --stage investigating …")
    told.more(f"The status page, plain files, has it {took:.1f} s later.")
    update = "Nobody can order. A roll-back is under way; Mia commands."
    for audience in ("executives", "stakeholders"):
        scene.types(noa, "incident", "update", "--to", audience, update)
    told.step("Noa", "tells the executives, and support, whom customers ask.")
    told.command(f"handrail incident update --to executives '{update}'")
    told.letter(scene.eli.reads(INCIDENT))
    told.letter(scene.mailbox.read("support@", about=INCIDENT))


def mitigate(scene: Scene, monitor: Monitor) -> None:
    """Ben looks at the suspects and rolls back: dry, then confirmed."""
    told, ben = scene.told, scene.ben
    told.act("Stop the damage first, ask why later")
    suspects = scene.instance.get(f"/incidents/{INCIDENT}/suspects")["items"]
    first = suspects[0]
    told.step(
        "Handrail",
        f"shows what changed before: {first['change']['title']} "
        f"{first['change']['version']} ({first['reason']}).",
    )
    run = ("mitigation", "run", "roll-back-checkout")
    planned = scene.types(ben, *run, "--dry-run")
    told.step("Ben", "looks at the roll-back of the catalogue; nothing is sent yet.")
    told.command("handrail mitigation run roll-back-checkout --dry-run")
    told.output([line for line in planned.splitlines() if line][:4])
    scene.types(ben, *run, "--confirm", "checkout-production")
    told.step("Ben", "has it done, and types what it acts on.")
    told.command(
        "handrail mitigation run roll-back-checkout --confirm checkout-production"
    )
    entry = scene.await_entry("mitigation_carried_out")
    told.step("Handrail", f"calls once, and never twice. {entry['what']}")
    await_found(lambda: scene.shop.version == GOOD or None, what="the shop to be back")
    monitor.await_signal(monitor.has_recovered, what="the shop's monitor to recover")
    await_found(
        lambda: scene.page()["state"] == "resolved" or None,
        what="the page to be resolved",
    )
    told.step("Monitor", "sees orders go through again and says so: alert and page")
    told.more("resolve by themselves. The incident does not: people decide that.")
    tried = scene.incident()["mitigations"][-1]["id"]
    scene.types(ben, "mitigation", "judge", tried, "worked")
    scene.times.mitigated = time.monotonic()
    told.step("Ben", f"says that it helped. Stage: {scene.incident()['stage']}.")
    told.command(f"handrail mitigation judge {tried} worked")


def keep_promises(scene: Scene) -> None:
    """Nobody writes things down yet; Handrail reminds, and Ana does."""
    told = scene.told
    letter = scene.mia.reads("scribe", seconds=40.0)
    told.step("Handrail", "reminds the commander of a promise that is running out.")
    told.letter(letter)
    scene.types(scene.ana, "incident", "role", "scribe")
    kept = scene.obligation("scribe_named")
    how = "in time" if kept["is_kept"] else "late, which the record says as well"
    told.step("Ana", f"is awake now and becomes scribe, {how}.")
    told.command("handrail incident role scribe")
    seen = f"{scene.shop.refused} of {scene.shop.orders} orders were refused so far"
    scene.types(scene.ana, "incident", "note", seen)
    told.step("Ana", "writes down what she sees.")
    told.command(f"handrail incident note '{seen}'")


def resolve(scene: Scene) -> None:
    """Resolving waits for the all-clear; then the incident is over."""
    told, mia, noa = scene.told, scene.mia, scene.noa
    told.act("Over")
    why = "Orders go through on 4.1"
    refused = scene.types(mia, "incident", "resolve", why, is_refusal=True)
    told.step("Mia", "would resolve it. Handrail refuses:")
    told.command(f"handrail incident resolve '{why}'")
    told.output([refused.splitlines()[0]])
    text = "Orders can be placed again. We are sorry for the trouble."
    scene.types(noa, "notice", "publish", INCIDENT, text, "--stage", "resolved")
    told.step("Noa", "gives the all-clear.")
    told.command(f"handrail notice publish {INCIDENT} '{text}' --stage resolved")
    scene.types(mia, "incident", "resolve", why)
    scene.times.resolved = time.monotonic()
    told.step("Mia", f"resolves it. Stage: {scene.incident()['stage']}.")
    told.command(f"handrail incident resolve '{why}'")
