"""The last act: what is learned, and the proof that the record is whole."""

import time
from datetime import datetime, timedelta

from tools.demo.scene import INCIDENT, Scene

ITEM = "Try every checkout release on one percent of orders first"
FACTORS = (
    ("technology", "Checkout 4.2 refuses every order"),
    ("process", "A release goes to all customers at once"),
)
SHEET = """\
## Summary

Checkout 4.2 refused every order. Rolling back to 4.1 ended it.

## Impact: users

{refused} of {orders} orders that were tried until the end of the response were refused.

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
        "Handrail",
        f"has drafted the postmortem: {len(drafted['timeline'])} timeline entries, "
        f"{len(drafted['figures'])} response times, what was promised and tried.",
    )
    refused = scene.types(mia, "postmortem", "publish", INCIDENT, is_refusal=True)
    told.step("Mia", "would publish it as it is. Handrail says all that is missing:")
    told.command(f"handrail postmortem publish {INCIDENT}")
    told.output([line for line in refused.splitlines() if line])
    write(scene)
    due = f"{datetime.now().astimezone() + timedelta(days=14):%Y-%m-%d}"
    plan = ("--category", "prevention", "--owner", "ana", "--due", due)
    check = ("--check", "A release that refuses orders is stopped at one percent")
    scene.types(ben, "action", "add", INCIDENT, ITEM, *plan, *check)
    told.step("Ben", "proposes what is to change, with an owner and a date.")
    told.command(f"handrail action add {INCIDENT} '{ITEM}' {' '.join(plan)}")
    scene.types(mia, "postmortem", "submit", INCIDENT)
    scene.types(mia, "postmortem", "publish", INCIDENT)
    scene.times.published = time.monotonic()
    told.step("Mia", "publishes it. The incident closes when the action item is done.")
    told.command(f"handrail postmortem publish {INCIDENT}")
    scene.instance.command("audit", "verify", INCIDENT)
    count = scene.incident()["sequence"]
    told.step("You", f"check the record: {count} entries, none changed or removed.")
    told.command(f"handrail audit verify {INCIDENT}")


def write(scene: Scene) -> None:
    """Mia writes what only people know; Ben names what contributed."""
    told = scene.told
    sheet = scene.instance.folder / "postmortem.md"
    counts = {"refused": scene.shop.refused, "orders": scene.shop.orders}
    sheet.write_text(SHEET.format(**counts), encoding="utf-8")
    edit = ("postmortem", "edit", INCIDENT, "--file", str(sheet))
    scene.types(scene.mia, *edit)
    told.step("Mia", "writes the four sections that only people can write.")
    told.command(f"handrail postmortem edit {INCIDENT} --file postmortem.md")
    for kind, text in FACTORS:
        add = ("postmortem", "factor", "add", INCIDENT, text, "--kind", kind)
        scene.types(scene.ben, *add)
    told.step("Ben", "names what contributed. There is no field for a root cause.")
    for kind, text in FACTORS:
        told.command(f"handrail postmortem factor add {INCIDENT} '{text}' --kind {kind}")
