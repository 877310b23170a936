"""Custodians of a test sitting's papers, through the real services."""

from __future__ import annotations

from datetime import date, datetime

from kaogong.delivery import services
from kaogong.delivery.models import Custody, CustodyShare
from kaogong.foundation.access.models import Account
from kaogong.foundation.kernel.actors import Actor
from tests.support import itembank
from tests.support.access import AT, make_account, make_post
from tests.support.delivery import DELIVERER, MORNING, Hall, deliver, make_hall
from tests.support.identity import make_person

PASSPHRASE = "风车 石榴 铁轨 海图 棉花"


def acting(account: Account) -> Actor:
    """The account's owner, with no power at all: keeping a share needs none."""
    return Actor(kind="officer", name=account.display_name, account_id=account.pk, person_id=account.person_id)


def make_custodian(name: str, *, passphrase: str = PASSPHRASE) -> Account:
    """Somebody with a post, known by name, who has chosen a passphrase."""
    account = make_account(name=name)
    make_post(account=account, since=date(2026, 1, 1))
    account.person, account.claimed_at = make_person(name=name), AT
    account.save(update_fields=["person", "claimed_at"])
    services.choose_passphrase(actor=acting(account), at=AT, passphrase=passphrase)
    return account


def name_custodians(hall: Hall, accounts: list[Account], *, threshold: int = 2) -> Custody:
    """Deal the key of the theory part."""
    return services.name_custodians(
        actor=DELIVERER,
        at=MORNING,
        part_id=hall.theory.pk,
        account_ids=[account.pk for account in accounts],
        threshold=threshold,
    )


def kept_hall(*, threshold: int = 2) -> tuple[Hall, list[Account], Custody]:
    """A hall whose paper lies there under three custodians."""
    hall = make_hall(delivered=False)
    accounts = [make_custodian(name) for name in ("保管甲", "保管乙", "保管丙")]
    custody = name_custodians(hall, accounts, threshold=threshold)
    hall.paper = itembank.make_paper()
    deliver(hall, hall.paper)
    return hall, accounts, custody


def share_of(custody: Custody, account: Account) -> CustodyShare:
    """That custodian's share."""
    return CustodyShare.objects.get(custody=custody, key__account=account)


def hand_in(
    custody: Custody, account: Account, *, at: datetime = MORNING, passphrase: str = PASSPHRASE
) -> CustodyShare:
    """That custodian hands in."""
    return services.hand_in_share(
        actor=acting(account),
        at=at,
        share_id=share_of(custody, account).pk,
        passphrase=passphrase,
    )
