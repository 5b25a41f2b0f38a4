"""The last act: what is learned, and the proof that the record is whole."""

from datetime import datetime, timedelta

from tools.demo.instance import spelled
from tools.demo.narration import HANDRAIL, Typed, Written
from tools.demo.scene import INCIDENT, Scene

ITEM = "Give a release to one percent of orders first"
CHECK = "A release that refuses orders is stopped at one percent"
DUE_IN_DAYS = 14
FACTORS = (
    ("technology", "Checkout 4.2 refuses every order"),
    ("process", "A release goes to all customers at once"),
)
SHEET = """\
## Summary

Checkout 4.2 refused every order. Rolling back to 4.1 ended it.

## Impact: users

{refused} of the {orders} orders tried during the response were refused.

## What went well

The roll-back was in the catalogue, and was tried before anybody looked for the cause.

## What went poorly

The release went to all customers at once, and the first page was not heard.
"""


def learn(scene: Scene) -> None:
    """Publish the postmortem, once everything is there that it needs."""
    told, mia, ben = scene.told, scene.mia, scene.ben
    told.act("Learn from it")
    drafted = scene.instance.get(f"/postmortems/{INCIDENT}")
    told.step(
        HANDRAIL,
        f"has drafted the postmortem: {len(drafted['timeline'])} timeline entries, "
        f"{len(drafted['figures'])} response times with their definitions, promises, "
        f"mitigations, suspects.",
    )
    publish = ("postmortem", "publish", INCIDENT)
    scene.is_refused(mia, "would publish that, and is told what is missing:", *publish)
    write(scene)
    due = f"{datetime.now().astimezone() + timedelta(days=DUE_IN_DAYS):%Y-%m-%d}"
    plan = ("--category", "prevention", "--owner", "ana", "--due", due)
    add = ("action", "add", INCIDENT, ITEM, *plan, "--check", CHECK)
    scene.does(ben, "says what is to change, who does it, and by when.", *add)
    mia.types("postmortem", "submit", INCIDENT)
    mia.types(*publish)
    (item,) = scene.instance.get("/action-items")["items"]
    told.step(
        mia.called,
        f"submits and publishes it. The incident closes when {item['name']} is done.",
        Typed(spelled(("postmortem", "submit", INCIDENT))),
        Typed(spelled(publish)),
    )
    verify = ("audit", "verify", INCIDENT)
    said = scene.instance.command(*verify)
    told.step(
        "You",
        "check that nothing in the record was changed or removed. The long number is "
        "its seal; keep a copy elsewhere.",
        Typed(spelled(verify)),
        Written([line for line in (said.data + said.words).splitlines() if line]),
    )


def write(scene: Scene) -> None:
    """Mia writes what only people know; Ben names what contributed."""
    sheet = scene.instance.folder / "postmortem.md"
    counts = {"refused": scene.shop.refused, "orders": scene.shop.orders}
    sheet.write_text(SHEET.format(**counts), encoding="utf-8")
    edit = ("postmortem", "edit", INCIDENT, "--file", sheet.name)
    scene.does(scene.mia, "writes the four sections that only people can.", *edit)
    typed = []
    for kind, text in FACTORS:
        add = ("postmortem", "factor", "add", INCIDENT, text, "--kind", kind)
        scene.ben.types(*add)
        typed.append(Typed(spelled(add)))
    words = "names what contributed: there is almost always more than one factor."
    scene.told.step(scene.ben.called, words, *typed)
