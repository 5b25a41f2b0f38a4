"""Every limit of the system, each with its unit and its reason."""

from datetime import timedelta

SIGNAL_BODY_BYTES_MAX = 2 * 1024 * 1024
"""One ingest body. Prometheus sends batches of up to 64 alerts, a few hundred KiB."""
PAGERDUTY_BODY_BYTES_MAX = 512 * 1024
"""PagerDuty Events v2 documents 512 KB per event."""
ALERTS_PER_BODY_MAX = 10_000
TITLE_CHARS_MAX = 1024
"""PagerDuty's summary limit; longer titles are cut with an ellipsis."""
LABELS_PER_ALERT_MAX = 128
LABEL_VALUE_CHARS_MAX = 4096
DEDUP_KEY_CHARS_MAX = 255
"""PagerDuty's limit for dedup_key; longer keys are replaced by their SHA-256."""
JSON_DEPTH_MAX = 64
RAW_BODY_BYTES_KEPT_MAX = 256 * 1024
"""What is kept of a body that could not be read whole: enough to see what was meant."""
HOPS_MAX = 3
"""A signal that Handrail itself passed on more often than this is a loop."""

ADMISSION_QUEUE_MAX = 4096
"""Requests waiting for the writer. Full means 503; a second of work at least."""
RESOLVE_TIMEOUT_DEFAULT = timedelta(minutes=5)
"""A Prometheus-style alert without endsAt expires this long after its last repeat."""
EXPIRY_GRACE_AT_START = timedelta(minutes=2)
"""Nothing expires this soon after a start: senders could not repeat while we were down.

Prometheus repeats every minute.
"""
REOPEN_WINDOW_DEFAULT = timedelta(minutes=5)
EXPIRED_MEMORY = timedelta(hours=24)
"""A sender that comes back within this finds its expired alert, and can resolve it."""

LEASE = timedelta(seconds=30)
"""A claimed delivery returns to the queue this long after the claim, at the latest."""
SEND_TIMEOUT = timedelta(seconds=10)
"""One attempt at a provider; well under the lease, so a live node records first."""
SEND_START_MAX = SEND_TIMEOUT
"""A claim older than this is not sent any more: a node that slept through somebody's
acknowledgement stays silent, and its lease outlasts whatever it still sends."""
CLAIM_BATCH_MAX = 64
DELIVERY_MAX_AGE = timedelta(hours=24)
"""A delivery is retried until its page is settled, or this long."""
RETRY_BACKOFF_FIRST = timedelta(seconds=2)
RETRY_BACKOFF_MAX = timedelta(seconds=60)
FAILOVER_AFTER_FAILURES = 2
"""After this many failed attempts the person's next contact method is due at once."""
BUNDLE_STALL = timedelta(seconds=60)
"""Deliveries overdue by more than this are a backlog: one digest per contact method."""
METHOD_MESSAGES_MAX = 6
METHOD_WINDOW = timedelta(seconds=60)
"""More messages than that to one contact method in the window are bundled."""
BUNDLE_WAIT_MAX = timedelta(seconds=15)
"""A bundle never waits longer than this: throttling coalesces, it does not delay."""
BUNDLE_ITEMS_SHOWN_MAX = 20
BULLETINS_PER_METHOD_MAX = 3
"""Bulletins wait while so many messages were begun in the window: pages go first."""
BULLETIN_LIFE = timedelta(hours=6)
"""A bulletin that could not be told within this is told no more."""
NUDGE_AFTER = timedelta(minutes=15)
"""Who has worked on a grave alert for so long without an incident is asked, once."""
COMMAND_ESCALATE_AFTER = timedelta(minutes=5)
"""How long the commanders' rota has before the last resort is told."""

SET_ASIDE = timedelta(seconds=60)
"""A row whose handling failed waits this long, so that it never blocks the others."""
SET_ASIDE_PASSING = timedelta(seconds=1)
"""The same where another transaction was in its way: the next try likely succeeds."""

ESCALATE_AFTER_MIN = timedelta(seconds=1)
ESCALATE_AFTER_MAX = timedelta(hours=24)
LEVELS_MAX = 20
TARGETS_PER_LEVEL_MAX = 20
ROUNDS_MAX = 10
LAST_RESORT_REPEAT_DEFAULT = timedelta(minutes=15)
LAST_RESORT_TIMES_DEFAULT = 4

ACK_LINK_LIFE = timedelta(hours=24)
SIGN_IN_LINK_LIFE = timedelta(minutes=15)
SETUP_LINK_LIFE = timedelta(hours=24)
SESSION_IDLE = timedelta(days=7)
SESSION_LIFE = timedelta(days=30)
RECEIPT_LIFE = timedelta(days=30)
"""Receipts of repeats are pruned after this; others stay with their alert."""

CONFIGURATION_FILE_CHARS_MAX = 1_000_000
"""One configuration file. Thousands of documents; more is a generated mistake."""
CONFIGURATION_NODES_MAX = 200_000
"""Values in one file, aliases unfolded."""
CONFIGURATION_DEPTH_MAX = 32
"""The deepest document needs 8."""

ENTRY_CHARS_MAX = 10_000
"""One timeline entry; a longer log excerpt is attached as evidence."""
UPDATE_CHARS_MAX = 4_000
"""One internal update or public notice; what is longer is not read."""
PUBLIC_TITLE_CHARS_MAX = 255
"""Statuspage's limit for an incident's name."""
PUBLIC_INCIDENTS_SHOWN_MAX = 100
"""Incidents on the status page's history; those that are open are always there."""
EVIDENCE_BYTES_MAX = 10 * 1024 * 1024
"""One evidence file."""
INCIDENT_REOPEN_WINDOW = timedelta(days=14)
"""Later than this a new incident is declared: its clock would say nothing."""
PROMISE_MAX = timedelta(days=30)
"""The next word on an incident is never promised for later than this."""

MITIGATION_TIMEOUT = timedelta(seconds=30)
"""One call of a mitigation: roll-backs answer late, but they should answer."""
MITIGATION_START_MAX = timedelta(seconds=10)
"""A claim older than this is not called any more: the node has slept meanwhile."""
MITIGATION_CLAIM = timedelta(seconds=60)
"""Longer than both together; then nobody knows whether the call was made."""
MITIGATION_ANSWER_BYTES = 1024
"""What is kept of an answer: enough to see what it said."""
SUSPECT_WINDOW = timedelta(hours=24)
"""A change longer before the impact is no suspect by its time alone."""
SUSPECTS_MAX = 20
POSTMORTEM_SECTION_CHARS_MAX = 50_000
"""One section of a postmortem; longer material is attached or linked."""
LINK_CHARS_MAX = 2048
"""What browsers and trackers take."""
ACTION_ITEMS_PER_POSTMORTEM_MAX = 100
"""More than this is a plan, not what one incident taught."""

BACKLOG_BACKOFF_FIRST = timedelta(seconds=5)
BACKLOG_BACKOFF_MAX = timedelta(minutes=15)
BACKLOG_MAX_AGE = timedelta(days=7)
"""A backlog ticket that its tracker does not take is retried this long."""
BACKLOG_CONDITION_MEMORY = timedelta(days=30)
"""An alert that comes back within this does not ask for another ticket."""

CONFIGURATION_BODY_BYTES_MAX = 16 * 1024 * 1024
"""All configuration files in one request, with the calendars that come along."""
CALENDAR_FILE_CHARS_MAX = 8_000_000
"""One calendar file: 10,000 events with long descriptions have about 5 million."""
CALENDAR_EVENTS_MAX = 20_000
"""Occurrences that one calendar file may come to."""
CALENDAR_STEPS_MAX = 2_000_000
"""Days (hours, of what recurs hourly) walked through to follow recurrences."""
