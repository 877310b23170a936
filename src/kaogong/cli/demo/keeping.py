"""One sitting's papers under custodians: two of three, from three desks of the centre; one stays at home."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from kaogong.cli.demo.opening import BORN
from kaogong.delivery import selectors as rooms
from kaogong.delivery import services as delivery
from kaogong.foundation.access import selectors as access
from kaogong.foundation.access import services as accounts
from kaogong.foundation.kernel.actors import Actor

if TYPE_CHECKING:
    from kaogong.cli.demo.season import Season
    from kaogong.sittings.models import SittingPart

KEEPERS = ("nanjing/centre_director", "nanjing/fee_clerk", "nanjing/issuer")
PASSPHRASE = "风车 石榴 铁轨 海图"  # noqa: S105  # the demo is for everybody to play


def take_up(season: Season, part: SittingPart, at: datetime) -> None:
    """Three say who they are and choose their passphrase; the registrar deals them the key of the part's papers."""
    ids = []
    for post in KEEPERS:
        keeper = season.by(post)
        invented = season.registry.invent(born_from=BORN[0], born_until=BORN[1])
        accounts.enter_oneself(
            actor=keeper,
            at=at,
            name=invented.name,
            document_kind="resident",
            document_number=invented.document_number,
            region_code="320100",
        )
        delivery.choose_passphrase(actor=keeper, at=at, passphrase=PASSPHRASE)
        ids.append(access.own_account(keeper).pk)
    delivery.name_custodians(actor=season.by("nanjing/registrar"), at=at, part_id=part.pk, account_ids=ids, threshold=2)


def hand_in(season: Season, part: SittingPart, runner: Actor) -> None:
    """The keepers come to their pages before the start, where the part is under custodians; one of them does not."""
    start = part.starts_at
    if rooms.custody_of(part.pk, runner) is None:
        return
    for minutes, post in ((30, KEEPERS[0]), (12, KEEPERS[1])):
        keeper, at = season.by(post), start - timedelta(minutes=minutes)
        for each in rooms.own_keepings(keeper, at):
            if each.share.custody.part_id == part.pk:
                delivery.hand_in_share(actor=keeper, at=at, share_id=each.share.pk, passphrase=PASSPHRASE)
