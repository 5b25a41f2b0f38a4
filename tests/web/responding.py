"""Incidents of the console's tests: declared, pressed and read back."""

import html
import re
from typing import Any

from tests.api.site import CONFIGURATION, Answer, Site

from handrail.core.incident.incident import Incident
from handrail.core.postmortem.postmortem import Postmortem
from handrail.usecases import postmortem_record
from handrail.usecases.incident_record import find

RESPONSE = (
    CONFIGURATION
    + """---
component: {name: web, title: Website, service: checkout}
---
component: {name: mail, title: Mails}
---
mitigation:
  name: roll-back
  title: Roll checkout back
  kind: roll_back
  services: [checkout]
  description: Brings the version before the last one back
  confirm: checkout-production
  http:
    method: POST
    url: http://127.0.0.1:9/roll-back
    secret: env:HANDRAIL_TEST_NO_SUCH_SECRET
    body: '{"service": "${service}", "by": "${by}"}'
---
mitigation:
  name: drain
  title: Drain the pool
  kind: shed_load
  description: Fewer carts at once
  manual: Turn the second tap to the left
"""
)


def declared(home: Site, who: str = "ana", **form: str) -> str:
    answer = home.press(
        "/incidents", who, **{"title": "Checkout is down", "severity": "SEV1", **form}
    )
    assert answer.status == 303, answer.text
    found = re.match(r"/incidents/(INC-\d+)\?news=declared", answer.header("location"))
    assert found is not None
    return found.group(1)


def stored(home: Site, name: str) -> Incident:
    return home.store.read(lambda tx: find(tx, name))


def written(home: Site, name: str) -> Postmortem:
    return home.store.read(lambda tx: postmortem_record.find(tx, name)[1])


def pressed(home: Site, name: str, act: str, who: str = "ana", **form: str) -> Answer:
    return home.press(f"/incidents/{name}/{act}", who, **form)


def resolved(home: Site, **form: str) -> str:
    """Return the name of an incident that was resolved and is to be learned from."""
    name = declared(home, **form)
    pressed(home, name, "mitigated", reason="rolled back")
    done = pressed(home, name, "resolve", reason="quiet", despite_obligations="yes")
    assert done.status == 303, done.text
    return name


def hidden(answer: Answer, **wanted: str) -> dict[str, str]:
    """Return the hidden fields of the form in which a button of this name stands."""
    (name, value), *_ = wanted.items()
    button = f'name="{name}" value="{value}"'
    forms: list[str] = re.findall(r"<form.*?</form>", answer.text, re.DOTALL)
    form = next(form for form in forms if button in form and "hidden" in form)
    found: list[Any] = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in found}
