"""Who keeps the key of a part's papers, what was handed in, and who may not keep it. Never a share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils.timezone import localdate

from kaogong.delivery.models import CustodianKey, Custody, CustodyShare, PaperCopy
from kaogong.delivery.selectors.finding import part_for
from kaogong.foundation.access.models import Account, Post
from kaogong.foundation.identity import selectors as identity
from kaogong.foundation.kernel import scope
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.personnel import selectors as personnel
from kaogong.registration.models import Registration
from kaogong.regulations.rules import Provision
from kaogong.regulations.selectors import provision
from kaogong.seating.models import PanelMember
from kaogong.sittings.models import SittingPart


@dataclass(frozen=True, slots=True)
class Keeping:
    """One share as its keeper sees it: from when it can be handed in, and whether it still can."""

    share: CustodyShare
    opens_at: datetime
    handed: int
    is_over: bool
    is_due: bool


def rule(name: str, part: SittingPart) -> Provision:
    """A figure of the custodians' rules on the part's day."""
    return provision(f"delivery.{name}", on=localdate(part.starts_at), region_code=part.sitting.region_code)


def custody_of(part_id: UUID, actor: Actor) -> Custody | None:
    """The custody of a part within reach, waived or not; None where papers open without. Raises NotFound."""
    part_for(actor, part_id)
    return Custody.objects.filter(part=part_id, ended_at__isnull=True).first()


def live_custody(part_id: UUID, *, for_update: bool = False) -> Custody | None:
    """The custody that a part's papers stand under: for services that found the part."""
    found = Custody.objects.filter(part=part_id, ended_at__isnull=True, waived_at__isnull=True)
    return (found.select_for_update() if for_update else found).first()


def shares_of(custody: Custody) -> list[CustodyShare]:
    """The shares of a custody by number, with their keepers, unopened."""
    return list(
        CustodyShare.objects.filter(custody=custody)
        .select_related("key__account")
        .defer("share_sealed", "handed_sealed")
        .order_by("number")
    )


def handed_in(custody: Custody) -> int:
    """How many shares lie here."""
    return CustodyShare.objects.filter(custody=custody, handed_at__isnull=False).count()


def needs_custodians(part: SittingPart) -> bool:
    """Whether theory papers of the part's level may not be delivered without custodians."""
    levels = rule("custodians_required_levels", part).value
    assert isinstance(levels, list)  # the library's own file says so
    return part.part != "skill" and part.sitting.round.level in levels


def opens_at(part: SittingPart) -> datetime:
    """From when shares of the part are taken in."""
    return part.starts_at - timedelta(minutes=int(rule("hand_in_minutes", part).value))


def is_over(custody: Custody) -> bool:
    """Whether nothing is left for its keepers to do: replaced, given up, or every paper released."""
    copies = PaperCopy.objects.filter(custody=custody)
    released = copies.exists() and not copies.filter(released_at__isnull=True).exists()
    return custody.ended_at is not None or custody.waived_at is not None or released


def own_key(actor: Actor) -> CustodianKey | None:
    """The actor's own key in use."""
    found = CustodianKey.objects.filter(account=actor.account_id, retired_at__isnull=True) if actor.account_id else None
    return found.defer("private_sealed").first() if found is not None else None


def own_keepings(actor: Actor, at: datetime) -> list[Keeping]:
    """The shares that the actor keeps, the next exam first, those that are over last."""
    found = [_keeping(share, at) for share in _own_shares(actor)]
    return sorted(found, key=lambda each: (each.is_over, each.share.custody.part.starts_at))


def own_keeping(actor: Actor, share_id: UUID, at: datetime) -> Keeping:
    """One's own share. Raises NotFound for anybody else's, whatever powers the actor holds."""
    found = next((share for share in _own_shares(actor) if share.pk == share_id), None)
    if found is None:
        raise NotFound
    return _keeping(found, at)


def _own_shares(actor: Actor) -> list[CustodyShare]:
    if actor.account_id is None:
        return []
    related = ("custody__part__sitting__round", "custody__part__sitting__station__organisation", "key__account")
    found = CustodyShare.objects.filter(key__account=actor.account_id, custody__ended_at__isnull=True)
    return list(found.select_related(*related).defer("share_sealed", "handed_sealed"))


def _keeping(share: CustodyShare, at: datetime) -> Keeping:
    opens, over = opens_at(share.custody.part), is_over(share.custody)
    is_due = not over and share.handed_at is None and at >= opens
    return Keeping(share, opens, handed_in(share.custody), over, is_due)


def custodian_choices(actor: Actor, part: SittingPart) -> list[CustodianKey]:
    """Who can be named: those with a key of their own and a post in force in a body within the actor's reach."""
    day = localdate(part.starts_at)
    term = (Q(until__isnull=True) | Q(until__gte=day)) & Q(since__lte=day)
    reach = scope.within(
        actor.reach("delivery.deliver"), region="organisation__region_code", organisation="organisation"
    )
    posts = Post.objects.filter(term, reach).order_by().values("account")
    found = CustodianKey.objects.filter(retired_at__isnull=True, account__in=posts, account__is_active=True)
    return list(found.select_related("account").defer("private_sealed").order_by("account__display_name"))


def why_not(account: Account, part: SittingPart) -> list[str]:
    """Why somebody may not keep a share of that part's key, in words; empty when she may.

    An account that no person has claimed cannot be compared with panel and candidates: that is a reason too.
    """
    person = account.person_id
    if person is None:
        return ["账号尚未关联本人身份，无法核对应回避的关系"]
    duty = PanelMember.objects.filter(identity.is_human("person", person), part=part, released_at__isnull=True)
    reasons = [f"是本科目的{PanelMember.Role(each.role).label}" for each in duty[:1]]
    candidates = dict(Registration.objects.filter(sitting=part.sitting_id).values_list("person", "legal_name"))
    if Registration.objects.filter(identity.is_human("person", person), sitting=part.sitting_id).exists():
        return [*reasons, "是本场考生"]
    related = personnel.conflict_reasons(
        person, list(candidates), localdate(part.starts_at), region_code=part.sitting.region_code
    )
    return reasons + [f"与考生{candidates[each.other]}{each.text}" for each in related]
