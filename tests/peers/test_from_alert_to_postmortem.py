"""A shop breaks, its people mend it and learn from it, all of it on real wires.

A real Prometheus notices, real mail wakes people and signs them in, they respond over
the API in their own sessions, and Handrail itself rolls the shop back over HTTP.
"""

import contextlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.peers.mailbox import ack_link
from tests.peers.monitored_shop import TOKEN, Shop
from tests.peers.paged_shop import ANA, BEN, ESCALATE_SECONDS, PagedShop, paged_shop
from tests.peers.person import Person
from tests.peers.program import wait_until
from tests.peers.watching_prometheus import prometheus, require_prometheus

pytestmark = [pytest.mark.peer, pytest.mark.timeout(180)]
MIA = "mia@shop.test"
INC = "/incidents/INC-1"
POSTMORTEM = "/postmortems/INC-1"
WORDS = "half of the customers see errors; we roll back"
RESPONSE = """
user: {{name: mia, full_name: Mia, email: {mia}, time_zone: Europe/Berlin,
  contact_methods: [{{name: mail, kind: email, address: {mia}}}]}}
---
severity_matrix: {{SEV1: {{tell: {{executives: user:mia}}}}}}
---
component: {{name: shop, title: The shop, service: shop}}
---
mitigation:
  name: roll-back
  title: Roll the shop back
  kind: roll_back
  services: [shop]
  description: Brings the version before back
  confirm: shop-eu
  http:
    url: http://127.0.0.1:{port}/roll-back
    secret: env:SHOP_TOKEN
    body: '{{"why": "${{incident}} (${{severity}}) by ${{by}}"}}'
"""


@dataclass(frozen=True, slots=True)
class Scene:
    paged: PagedShop
    shop: Shop

    def incident(self) -> dict[str, Any]:
        found: dict[str, Any] = self.paged.handrail.api("GET", INC)
        return found

    def public_page(self) -> str:
        """Return what anybody reads who is not signed in."""
        reply = self.paged.handrail.call("GET", "/status/index.html")
        assert reply.status == 200
        return reply.body.decode()

    def await_public(self, words: str) -> None:
        wait_until(lambda: words in self.public_page(), what=f"{words!r} is public")

    def told(self) -> dict[str, Counter[str]]:
        """Return who got which mails, but for those that sign people in."""
        found: dict[str, Counter[str]] = {}
        for mail in self.paged.mailbox.messages:
            subject = str(mail["Subject"])
            if subject != "Sign in to Handrail":
                found.setdefault(str(mail["To"]), Counter())[subject] += 1
        return found


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    require_prometheus()
    with contextlib.ExitStack() as stack:
        shop = stack.enter_context(Shop())
        paged = stack.enter_context(
            paged_shop(
                tmp_path,
                {"prometheus": "alertmanager_api"},
                more=RESPONSE.format(mia=MIA, port=shop.port),
                environment={
                    "SHOP_TOKEN": TOKEN,
                    "HANDRAIL_OUTGOING_ALLOW": "127.0.0.0/8",
                },
            )
        )
        access = f"path_prefix: /i/{paged.keys['prometheus']}"
        shop.errors = 1.0
        stack.enter_context(
            prometheus(tmp_path, access, handrail=paged.authority, shop=shop.port)
        )
        yield Scene(paged, shop)


def test_from_a_firing_rule_to_a_published_postmortem(scene: Scene) -> None:
    ben = _ben_answers(scene)
    _he_declares_from_the_page(scene, ben)
    ana = Person.sign_in(scene.paged, ANA)
    _people_and_the_public_are_told(scene, ana, ben)
    _handrail_rolls_the_shop_back(scene, ben)
    _it_recovers_and_is_resolved(scene, ana, ben)
    _what_was_learned_is_published(scene, ana, ben)
    _everybody_saw_their_part_and_the_record_is_in_order(scene)


def _ben_answers(scene: Scene) -> Person:
    paged = scene.paged
    paged.mailbox.wait_for(ANA, saying="ShopErrors")
    woken = paged.mailbox.wait_for(
        BEN, saying="ShopErrors", seconds=ESCALATE_SECONDS + 15
    )
    assert paged.press(ack_link(woken), "acknowledge").status == 200
    return Person.sign_in(paged, BEN)


def _he_declares_from_the_page(scene: Scene, ben: Person) -> None:
    (page,) = ben.see("/pages")["items"]

    declared = ben.do("/incidents", page_id=page["id"])

    assert declared["name"] == "INC-1"
    assert declared["title"] == page["title"]
    assert (declared["severity"], declared["stage"]) == ("SEV1", "triage")
    assert (declared["service"], declared["detected_by"]) == ("shop", "monitoring")
    assert declared["detected_at"] == scene.paged.alert()["opened_at"]
    assert declared["commander"] == "ben"
    assert {"role": "operations", "user": "ben"} in declared["roles"]
    assert declared["pages"] == {page["id"]: "origin"}
    assert "INC-1 was declared from it already" in ben.refused(
        "/incidents", page_id=page["id"]
    )


def _people_and_the_public_are_told(scene: Scene, ana: Person, ben: Person) -> None:
    ben.do(f"{INC}/roles", role="communications_lead", user="ana")
    scene.paged.mailbox.wait_for(ANA, saying="INC-1: you are communications lead")
    ana.do(f"{INC}/roles", role="scribe")

    ana.do(f"{INC}/updates", text=WORDS, audience="executives")
    scene.paged.mailbox.wait_for(MIA, saying=WORDS)

    assert "All Systems Operational" in scene.public_page()
    ana.do(
        f"{INC}/notices",
        stage="investigating",
        title="Errors in the shop",
        text="Some of you see errors. We are on it.",
        components={"shop": "partial_outage"},
        next_update_in_seconds=1800,
    )
    scene.await_public("Some of you see errors")
    assert "Partial outage" in scene.public_page()
    assert WORDS not in scene.public_page()
    owed = [o["kind"] for o in scene.incident()["obligations"] if o["is_open"]]
    assert owed == ["next_update"]


def _handrail_rolls_the_shop_back(scene: Scene, ben: Person) -> None:
    (fitting,) = ben.see(f"{INC}/mitigations")["items"]
    planned = ben.do(f"{INC}/mitigations/dry-run", mitigation=fitting["name"])
    assert planned["url"] == f"http://127.0.0.1:{scene.shop.port}/roll-back"
    assert planned["body"] == '{"why":"INC-1 (SEV1) by ben"}'
    assert planned["missing"] == []
    assert TOKEN not in str(planned)

    why = ben.refused(f"{INC}/mitigations/run", mitigation="roll-back", confirm="yes")
    assert "type shop-eu" in why
    assert (scene.shop.asked, scene.shop.errors) == ([], 1.0)

    ben.do(f"{INC}/mitigations/run", mitigation="roll-back", confirm="shop-eu")
    wait_until(
        lambda: bool(scene.incident()["mitigations"][0]["carried_out_at"]),
        what="the roll-back is carried out",
    )
    (tried,) = scene.incident()["mitigations"]
    assert tried["answer"] == "HTTP 200 rolled back: True"
    assert tried["outcome"] is None, "nobody has judged it"
    assert scene.shop.asked == [planned["body"]]
    assert scene.incident()["stage"] == "mitigate"


def _it_recovers_and_is_resolved(scene: Scene, ana: Person, ben: Person) -> None:
    paged = scene.paged
    wait_until(
        lambda: paged.alert()["state"] == "resolved",
        what="Prometheus says that the shop is well again",
    )
    assert paged.page()["state"] == "resolved"
    assert scene.incident()["stage"] == "mitigate", "people say when it stopped"

    (tried,) = scene.incident()["mitigations"]
    ben.do(f"{INC}/mitigations/{tried['id']}/judge", outcome="worked")
    assert scene.incident()["stage"] == "resolve"
    assert "publish the all-clear" in ben.refused(f"{INC}/resolve")

    ana.do(f"{INC}/notices", stage="resolved", text="The shop is well again.")
    scene.await_public("All Systems Operational")
    assert "ben commands INC-1" in ana.refused(f"{INC}/resolve")
    ben.do(f"{INC}/resolve", reason="no errors since the roll-back")
    assert scene.incident()["stage"] == "learn"


def _what_was_learned_is_published(scene: Scene, ana: Person, ben: Person) -> None:
    draft = ana.see(POSTMORTEM)
    said_by_the_record = {
        section["name"]: section["facts"]
        for section in draft["sections"]
        if section["facts"]
    }
    assert set(said_by_the_record) == {"summary", "impact_users", "went_well"}
    helped = said_by_the_record["summary"][-1]
    assert helped.startswith("What helped: Roll the shop back, tried by Ben at ")
    assert any("public notice" in fact for fact in said_by_the_record["went_well"])
    assert [lack["part"] for lack in draft["missing"]] == [
        "summary",
        "impact_users",
        "went_well",
        "went_poorly",
        "factors",
    ]

    sections = {
        "summary": "A bad version was rolled back.",
        "impact_users": "Half of the customers.",
        "went_well": "The roll-back took seconds.",
        "went_poorly": "Nobody looked at the canary.",
    }
    ana.do(f"{POSTMORTEM}/sections", version=draft["version"], sections=sections)
    ben.do(f"{POSTMORTEM}/factors", text="The canary has no errors", kind="process")
    item = ben.do(
        "/action-items",
        incident="INC-1",
        title="Let the canary fail a deploy",
        category="prevention",
        owner="ben",
        due_on="2099-01-31",
    )
    ana.do(f"{POSTMORTEM}/submit")
    mia = Person.sign_in(scene.paged, MIA)
    read = mia.see(POSTMORTEM)
    assert read["missing"] == []
    published = mia.do(f"{POSTMORTEM}/publish", version=read["version"])
    assert (published["state"], published["published_by"]) == ("published", "mia")

    document = mia.see(f"{POSTMORTEM}.md")
    for words in (*sections.values(), "- **process:** The canary has no errors"):
        assert words in document
    assert "| Ben tries: Roll the shop back (roll back) |" in document
    assert scene.incident()["stage"] == "learn"
    ben.do(f"/action-items/{item['name']}/done", result="it failed one")
    assert scene.incident()["stage"] == "closed"


def _everybody_saw_their_part_and_the_record_is_in_order(scene: Scene) -> None:
    paged = scene.paged
    page = "[SEV1] ShopErrors: Customers of the shop see errors (shop)"
    told = scene.told()
    assert set(told) == {ANA, BEN, MIA}
    assert told[BEN] == Counter({page: 1})
    assert sum(told[ANA].values()) == 2
    assert told[ANA][page] == 1
    assert sum(told[MIA].values()) == 1

    timeline = paged.handrail.api("GET", f"{INC}/timeline?limit=500")["items"]
    seen = [
        entry["what"].partition(":")[0]
        for entry in timeline
        if entry["sort"] != "promise"
    ]
    assert seen == [
        "Declared by Ben, who commands",
        "Declared from the page ShopErrors",
        "Ben acknowledged the page",
        "Ana is communications lead",
        "Ana is scribe",
        "Update to executives (Mia)",
        "Public notice, investigating",
        "Stage triage → mitigate",
        "Ben tries",
        "Mitigation carried out",
        "Ben says the mitigation worked",
        "Stage mitigate → resolve",
        "Public notice, resolved",
        "Resolved",
        "The postmortem is drafted from this record",
        "The postmortem is published",
        "Learned",
    ]
    times = [entry["recorded_at"] for entry in timeline]
    assert times == sorted(times)
    checked = paged.handrail.api("GET", "/audit/verify?incident=INC-1")
    assert (checked["breaks"], checked["streams"]) == ([], 1)
    assert checked["events"] == len(timeline)
