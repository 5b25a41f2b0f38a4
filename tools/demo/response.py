"""The acts of the response: command, promises, the mitigation, the public word."""

import time

from tools.demo.instance import spelled
from tools.demo.narration import HANDRAIL, Came, Typed, Written
from tools.demo.scene import INCIDENT, Scene
from tools.demo.shop import GOOD, Monitor

PUBLIC_TITLE = "Orders cannot be placed"
MITIGATION = "roll-back-checkout"
TARGET = "checkout-production"


def command(scene: Scene) -> None:
    """Ben declares and says how bad it is; Mia takes command."""
    told, ben, mia = scene.told, scene.ben, scene.mia
    told.act("One person commands")
    declare = ("declare", "--from-page", scene.page()["id"])
    ben.types(*declare)
    incident = scene.incident()
    told.step(
        ben.called,
        f"declares {incident['name']} from the page, and commands until he hands over.",
        Typed(spelled(declare)),
        f"Handrail takes over the page's title, service, severity "
        f"({incident['severity']}) and when it was noticed; who has the page is "
        f"operations.",
    )
    why = "No order goes through"
    raised = ("incident", "severity", "SEV1", "--reason", why)
    scene.times.raised = time.monotonic()
    scene.does(ben, "sees that it is worse than the monitor thought.", *raised)
    owed = [o for o in scene.incident()["obligations"] if o["is_open"]]
    names = ", ".join(str(o["kind"]).replace("_", " ") for o in owed)
    told.step(HANDRAIL, f"puts on the clock what the severity matrix demands: {names}.")
    letter = mia.reads(INCIDENT)
    told.step(HANDRAIL, "pages Mia, the incident commander on call.", Came(letter))
    mia.acknowledges(letter, mia.opens(letter))
    offer = mia.reads("offered command")
    told.step(mia.called, "presses the button and is offered command.", Came(offer))
    accept = ("incident", "command", "--accept")
    scene.does(mia, "takes it. At no moment was there nobody, or two.", *accept)


def tell_people(scene: Scene) -> None:
    """Noa tells the public and those who must know."""
    told, noa = scene.told, scene.noa
    give = ("incident", "role", "communications_lead", noa.name)
    scene.mia.types(*give)
    told.step(
        scene.mia.called,
        "asks Noa to keep everybody informed.",
        Typed(spelled(give)),
        Came(noa.reads(INCIDENT)),
    )
    notice = (
        *("notice", "publish", INCIDENT, "--stage", "investigating"),
        *("--title", PUBLIC_TITLE, "--component", "checkout=major_outage"),
        *("--next", "15m", "Orders are refused. We are taking a change back."),
    )
    scene.times.noticed = time.monotonic()
    noa.types(*notice)
    scene.times.public = scene.await_public(PUBLIC_TITLE)
    took = scene.times.public - scene.times.noticed
    told.step(
        noa.called,
        f"tells the public. The status page has it after {took:.1f} s.",
        Typed(spelled(notice)),
    )
    text = "Nobody can order. A roll-back is under way; Mia commands."
    for audience in ("executives", "stakeholders"):
        update = ("incident", "update", "--to", audience, text)
        noa.types(*update)
        address = "eli@" if audience == "executives" else "support@"
        letter = scene.mailbox.read(address, about=INCIDENT)
        told.step(
            noa.called, f"tells the {audience}.", Typed(spelled(update)), Came(letter)
        )


def mitigate(scene: Scene, monitor: Monitor) -> None:
    """Ben looks at the suspects and rolls back: dry, then confirmed."""
    told, ben = scene.told, scene.ben
    told.act("Stop the damage first, ask why later")
    suspect = scene.instance.get(f"/incidents/{INCIDENT}/suspects")["items"][0]
    change = suspect["change"]
    told.step(
        HANDRAIL,
        f"names what changed shortly before: {change['title']} {change['version']} "
        f"by {change['changed_by']} ({suspect['reason']}).",
    )
    dry = ("mitigation", "run", MITIGATION, "--dry-run")
    planned = ben.types(*dry)
    told.step(
        ben.called,
        "looks at what the roll-back would send. Nothing is sent yet:",
        Typed(spelled(dry)),
        Written([line for line in planned.data.splitlines() if line]),
    )
    run = ("mitigation", "run", MITIGATION, "--confirm", TARGET)
    scene.does(ben, "has it sent. For that he types the name of what it acts on.", *run)
    entry = scene.await_entry("mitigation_carried_out")
    told.step(HANDRAIL, "calls once at most, and notes:", Written([entry["what"]]))
    scene.awaits(lambda: scene.shop.version == GOOD or None, what="the shop to be back")
    monitor.await_signal(monitor.has_recovered, what="the shop's monitor to recover")
    scene.awaits(
        lambda: scene.page()["state"] == "resolved" or None,
        what="the page to be resolved",
    )
    told.step(
        "Monitor",
        "sees orders go through and signals it. Alert and page resolve by themselves; "
        "the incident does not, since people decide that.",
    )
    tried = scene.incident()["mitigations"][-1]["id"]
    judged = ("mitigation", "judge", tried, "worked")
    ben.types(*judged)
    scene.times.mitigated = time.monotonic()
    stage = scene.incident()["stage"]
    words = f"says that it helped: the incident moves on to stage {stage}."
    told.step(ben.called, words, Typed(spelled(judged)))


def keep_promises(scene: Scene) -> None:
    """Nobody writes things down yet; Handrail reminds, and Ana does."""
    told, ana = scene.told, scene.ana
    letter = scene.mia.reads("scribe", seconds=40.0)
    soon = f"{letter.at - scene.times.raised:.1f} s after SEV1"
    told.step(
        HANDRAIL,
        "reminds Mia: SEV1 wants a scribe, and three quarters of the time are over.",
        Came(letter, soon),
    )
    take = ("incident", "role", "scribe")
    ana.types(*take)
    kept = scene.obligation("scribe_named")["is_kept"]
    how = "the promise is kept" if kept else "late, and the record says so"
    words = f"is awake by now and becomes scribe: {how}."
    told.step(ana.called, words, Typed(spelled(take)))
    seen = f"{scene.shop.refused} of {scene.shop.orders} orders were refused so far"
    scene.does(ana, "writes down what she sees.", "incident", "note", seen)


def resolve(scene: Scene) -> None:
    """Resolving waits for the all-clear; then the response is over."""
    told, mia, noa = scene.told, scene.mia, scene.noa
    told.act("Over, for everybody")
    over = ("incident", "resolve", f"Orders go through on {GOOD}")
    scene.is_refused(mia, "would resolve it, and is refused:", *over)
    text = "Orders can be placed again. We are sorry for the trouble."
    clear = ("notice", "publish", INCIDENT, "--stage", "resolved", text)
    scene.does(noa, "gives the all-clear.", *clear)
    mia.types(*over)
    scene.times.resolved = time.monotonic()
    stage = scene.incident()["stage"]
    words = f"resolves it: the incident moves on to stage {stage}."
    told.step(mia.called, words, Typed(spelled(over)))
