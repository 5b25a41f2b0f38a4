"""An organisation large enough that no person is flooded while servers die."""

PEOPLE = 120
"""Each gets an alert in turn; throttling bundles above six messages a minute."""


def person_of(number: int) -> str:
    """Return whom the alert of this number pages first."""
    return f"p{number % PEOPLE}"


def configuration(sink: str) -> str:
    """Return people with a webhook each, a service each, and a route to it.

    Every fourth person's policy passes on to the next person after two seconds.
    """
    documents = [
        "last_resort: {notify: [user:p0], repeat_after: 15m, times: 4}",
        "integration: {name: test, source: generic}",
    ]
    routes = []
    for number in range(PEOPLE):
        name, after = f"p{number}", f"p{(number + 1) % PEOPLE}"
        wait = "2s" if number % 4 == 0 else "30m"
        documents.append(
            f"user: {{name: {name}, email: {name}@example.test, contact_methods: "
            f"[{{name: hook, kind: webhook, address: '{sink}/{name}'}}]}}"
        )
        documents.append(
            f"escalation_policy: {{name: {name}, rules: ["
            f"{{notify: 'user:{name}', escalate_after: {wait}}}, "
            f"{{notify: 'user:{after}', escalate_after: 30m}}]}}"
        )
        documents.append(
            f"service: {{name: {name}, title: {name}, escalation_policy: {name}, "
            "default_severity: SEV1}"
        )
        routes.append(f"  - {{name: {name}, match: 'who=\"{name}\"', service: {name}}}")
    documents.append("routes:\n" + "\n".join(routes))
    return "\n---\n".join(documents) + "\n"
