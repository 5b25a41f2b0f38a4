"""What both programs are told to do."""

QUIET_ALERTMANAGER = """\
route: {receiver: nobody}
receivers: [{name: nobody}]
"""


def hooked_alertmanager(url: str) -> str:
    """Send every alert by itself and at once to the sink."""
    return f"""\
route:
  receiver: sink
  group_by: ['...']
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 24h
receivers:
  - name: sink
    webhook_configs: [{{url: "{url}", send_resolved: false}}]
"""


def paging_handrail(url: str) -> str:
    """Page for every alert: one person, one webhook."""
    return _handrail(url, severity="SEV1")


def late_handrail(url: str, *, seconds: float) -> str:
    """Page for every alert, and tell the person only after some seconds."""
    told = paging_handrail(url)
    rules = f"  notification_rules: {{high: [{{method: hook, after: {seconds:g}s}}]}}\n"
    return told.replace("last_resort:", f"{rules}last_resort:", 1)


def muted_handrail(url: str) -> str:
    """Store every alert, decide about it, and page nobody."""
    return _handrail(url, severity="SEV4")


def many_handrail(kind: str, address: str, *, slots: int) -> str:
    """Page somebody else for every slot, so that nobody's messages are bundled.

    Args:
        kind: Of the contact methods.
        address: Of each; ``{slot}`` in it is replaced.
        slots: How many people, services, and values of the label ``slot``.
    """
    documents = ["last_resort: {notify: user:u0}\n"]
    for slot in range(slots):
        there = address.replace("{slot}", str(slot))
        documents.append(
            f"""\
user:
  name: u{slot}
  contact_methods: [{{name: m, kind: {kind}, address: "{there}"}}]
escalation_policy:
  name: p{slot}
  rules: [{{notify: "user:u{slot}", escalate_after: 1h}}]
service: {{name: s{slot}, escalation_policy: p{slot}}}
route: {{name: r{slot}, match: 'slot="{slot}"', service: s{slot}, severity: SEV1}}
"""
        )
    documents.append("integration: {name: bench, source: alertmanager_api}\n")
    return "---\n".join(documents)


def storm_handrail(url: str, *, services: int, people: int, takes_turns: bool) -> str:
    """Page one of a service's people for every alert.

    Args:
        url: Where their webhooks go, a path for each.
        services: How many services, policies, and values of the label ``slot``.
        people: For each service; of more than one, only turns tell one alone.
        takes_turns: Whether the levels have ``round_robin``.
    """
    assert people == 1 or takes_turns, "a level without turns tells all of its people"
    documents = ["last_resort: {notify: user:u0-0}\n"]
    for slot in range(services):
        names = [f"u{slot}-{one}" for one in range(people)]
        notify = ", ".join(f'"user:{name}"' for name in names)
        documents += [
            f"""\
user:
  name: {name}
  contact_methods: [{{name: m, kind: webhook, address: "{url}/{name}"}}]
"""
            for name in names
        ]
        turns = str(takes_turns).lower()
        documents.append(
            f"""\
escalation_policy:
  name: p{slot}
  rules: [{{notify: [{notify}], escalate_after: 1h, round_robin: {turns}}}]
service: {{name: s{slot}, escalation_policy: p{slot}}}
route: {{name: r{slot}, match: 'slot="{slot}"', service: s{slot}, severity: SEV1}}
"""
        )
    documents.append("integration: {name: bench, source: alertmanager_api}\n")
    return "---\n".join(documents)


def _handrail(url: str, *, severity: str) -> str:
    return f"""\
user:
  name: ana
  contact_methods: [{{name: hook, kind: webhook, address: "{url}"}}]
last_resort: {{notify: user:ana}}
escalation_policy:
  name: only
  rules: [{{notify: "user:ana", escalate_after: 1h}}]
service: {{name: shop, escalation_policy: only}}
route: {{name: all, service: shop, severity: {severity}}}
integration: {{name: bench, source: alertmanager_api}}
"""
