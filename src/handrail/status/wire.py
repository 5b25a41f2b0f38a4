"""The page's state as JSON, with the names and words of Statuspage's public API v2.

Programs that read other status pages read this one. Source: features.md §3.6 of the
reference; where we know less than a field can hold, it is null, as it may be there.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from handrail.core.instants import format_rfc3339
from handrail.core.status_page.component import worst
from handrail.core.status_page.notice import Notice
from handrail.core.status_page.public_view import (
    PublicComponent,
    PublicIncident,
    PublicView,
)

PAGE_ID = "status"
INCIDENTS_MAX = 50
"""As many as Statuspage lists."""
_GROUP_ID_CHARS = 12
Json = dict[str, Any]


def documents(view: PublicView, *, link: str) -> dict[str, Json]:
    """Return every document by its path.

    Args:
        view: What the public sees.
        link: Where the page is read, without a trailing slash.
    """
    page = _page(view, link)
    status = {"indicator": str(view.indicator), "description": view.description}
    components = _components(view)
    incidents = [_incident(i, view, link) for i in view.incidents[:INCIDENTS_MAX]]
    unresolved = [_incident(i, view, link) for i in view.open_incidents]
    return {
        "api/v2/status.json": {"page": page, "status": status},
        "api/v2/components.json": {"page": page, "components": components},
        "api/v2/incidents.json": {"page": page, "incidents": incidents},
        "api/v2/incidents/unresolved.json": {"page": page, "incidents": unresolved},
        "api/v2/summary.json": {
            "page": page,
            "status": status,
            "components": components,
            "incidents": unresolved,
            "scheduled_maintenances": [],
        },
    }


def _page(view: PublicView, link: str) -> Json:
    return {
        "id": PAGE_ID,
        "name": view.page.title,
        "url": link,
        "time_zone": "Etc/UTC",
        "updated_at": format_rfc3339(view.updated_at or view.as_of),
        # Ours: until when this is known to hold. An old one means trouble.
        "as_of": format_rfc3339(view.as_of),
    }


def _components(view: PublicView) -> list[Json]:
    found: list[Json] = []
    for title, members in view.groups():
        if title:
            found.append(_group(title, members, position=len(found) + 1))
        found += [
            _component(member, position=place)
            for place, member in enumerate(
                members, start=1 if title else len(found) + 1
            )
        ]
    return found


def _group(title: str, members: list[PublicComponent], *, position: int) -> Json:
    since = [m.component.since for m in members if m.component.since]
    changed = [at for m in members if (at := _changed_at(m))]
    return {
        **_plain(_group_id(title), title, position=position),
        "status": str(worst(m.status for m in members)),
        "created_at": _moment(min(since, default=None)),
        "updated_at": _moment(max(changed, default=None)),
        "group": True,
        "components": [m.component.name for m in members],
    }


def _component(shown: PublicComponent, *, position: int) -> Json:
    component = shown.component
    return {
        **_plain(component.name, component.title, position=position),
        "status": str(shown.status),
        "created_at": _moment(component.since),
        "updated_at": _moment(_changed_at(shown)),
        "description": component.description or None,
        "group_id": _group_id(component.group) if component.group else None,
    }


def _plain(identity: str, name: str, *, position: int) -> Json:
    return {
        "id": identity,
        "page_id": PAGE_ID,
        "name": name,
        "description": None,
        "position": position,
        "showcase": False,
        "start_date": None,
        "group_id": None,
        "group": False,
        "only_show_if_degraded": False,
    }


def _group_id(title: str) -> str:
    digest = hashlib.sha256(title.encode()).hexdigest()
    return f"group-{digest[:_GROUP_ID_CHARS]}"


def _changed_at(shown: PublicComponent) -> datetime | None:
    return shown.changed_at or shown.component.since


def _incident(incident: PublicIncident, view: PublicView, link: str) -> Json:
    identity = f"incident-{incident.number}"
    shown = enumerate(view.components, start=1)
    first, last = incident.notices[-1], incident.latest
    return {
        "id": identity,
        "page_id": PAGE_ID,
        "name": incident.title,
        "status": str(incident.stage),
        "impact": str(incident.impact),
        "shortlink": f"{link}/incidents/{incident.number}.html",
        "started_at": format_rfc3339(incident.started_at),
        "created_at": format_rfc3339(first.posted_at),
        "updated_at": format_rfc3339(last.posted_at),
        "monitoring_at": _moment(incident.monitoring_at),
        "resolved_at": _moment(incident.resolved_at),
        "reminder_intervals": None,
        "incident_updates": list(_updates(incident, identity)),
        "components": [
            _component(one, position=place)
            for place, one in shown
            if one.component.name in incident.components
        ],
    }


def _updates(incident: PublicIncident, identity: str) -> Iterator[Json]:
    for notice in incident.notices:
        yield {
            "id": notice.id,
            "incident_id": identity,
            "status": str(notice.stage),
            "body": notice.text,
            "created_at": format_rfc3339(notice.posted_at),
            "updated_at": format_rfc3339(notice.posted_at),
            "display_at": format_rfc3339(notice.shown_at),
            "affected_components": _affected(incident, notice),
            "deliver_notifications": False,
            "custom_tweet": None,
            "tweet_id": None,
        }


def _affected(incident: PublicIncident, notice: Notice) -> list[Json] | None:
    changes = [
        {
            "code": change.name,
            "name": change.title,
            "old_status": str(change.before),
            "new_status": str(change.after),
        }
        for change in incident.changes(notice)
    ]
    return changes or None


def _moment(instant: datetime | None) -> str | None:
    return None if instant is None else format_rfc3339(instant)
