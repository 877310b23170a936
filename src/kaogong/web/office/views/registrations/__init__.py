"""Applications on the office desk: the list, the review of one, and the collection of fees."""

from kaogong.web.office.views.registrations.bulk import bulk, bulk_admit, bulk_confirm
from kaogong.web.office.views.registrations.fees import collect, fees
from kaogong.web.office.views.registrations.lists import index
from kaogong.web.office.views.registrations.review import (
    admit,
    evidence_file,
    original,
    photo_file,
    refuse,
    reopen,
    review,
    review_next,
    send_back,
)

__all__ = [
    "admit",
    "bulk",
    "bulk_admit",
    "bulk_confirm",
    "collect",
    "evidence_file",
    "fees",
    "index",
    "original",
    "photo_file",
    "refuse",
    "reopen",
    "review",
    "review_next",
    "send_back",
]
