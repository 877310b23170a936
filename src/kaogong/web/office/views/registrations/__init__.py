"""Applications on the office desk: the list, the review of one, and the collection of fees."""

from kaogong.web.office.views.registrations.fees import collect, fees
from kaogong.web.office.views.registrations.lists import index
from kaogong.web.office.views.registrations.review import (
    admit,
    evidence_file,
    photo_file,
    refuse,
    review,
    review_next,
    send_back,
)

__all__ = [
    "admit",
    "collect",
    "evidence_file",
    "fees",
    "index",
    "photo_file",
    "refuse",
    "review",
    "review_next",
    "send_back",
]
