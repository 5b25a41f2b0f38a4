"""Every table, in an order in which rows may be inserted."""

from sqlalchemy import Table

from handrail.storage.access import API_TOKEN, CALENDAR_FEED, ONE_TIME_LINK, SESSION
from handrail.storage.agreement import COVER_REQUEST, SWAP
from handrail.storage.alert import ALERT
from handrail.storage.backlog import BACKLOG_TICKET
from handrail.storage.bulletin import BULLETIN
from handrail.storage.change import CHANGE
from handrail.storage.configuration import DOCUMENT, REVISION
from handrail.storage.contact import CONTACT_VERIFICATION, GAP_TELLING
from handrail.storage.counter import COUNTER
from handrail.storage.delivery import ATTEMPT, DELIVERY
from handrail.storage.event import EVENT
from handrail.storage.incident import (
    EVIDENCE_CONTENT,
    INCIDENT,
    INCIDENT_PARTICIPANT,
)
from handrail.storage.meta import META
from handrail.storage.mitigation_run import MITIGATION_RUN
from handrail.storage.notice import NOTICE
from handrail.storage.page import PAGE
from handrail.storage.postmortem import ACTION_ITEM, POSTMORTEM
from handrail.storage.receipt import (
    ENTRY_COUNT,
    RAW_BODY,
    RECEIPT,
    RECEIPT_ALERT,
    RECEIPT_JOURNAL,
)
from handrail.storage.schema import METADATA
from handrail.storage.shift_notice import SHIFT_NOTICE

TABLES: tuple[Table, ...] = (
    META,
    EVENT,
    REVISION,
    DOCUMENT,
    ALERT,
    RECEIPT,
    RECEIPT_JOURNAL,
    RECEIPT_ALERT,
    RAW_BODY,
    ENTRY_COUNT,
    COUNTER,
    INCIDENT,
    INCIDENT_PARTICIPANT,
    EVIDENCE_CONTENT,
    NOTICE,
    PAGE,
    BULLETIN,
    DELIVERY,
    ATTEMPT,
    CHANGE,
    MITIGATION_RUN,
    POSTMORTEM,
    ACTION_ITEM,
    BACKLOG_TICKET,
    COVER_REQUEST,
    SWAP,
    CONTACT_VERIFICATION,
    GAP_TELLING,
    SHIFT_NOTICE,
    API_TOKEN,
    SESSION,
    ONE_TIME_LINK,
    CALENDAR_FEED,
)

assert set(TABLES) == set(METADATA.tables.values()), "a table is not listed"
