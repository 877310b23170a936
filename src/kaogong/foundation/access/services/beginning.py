"""The first administrator of an installation: made from the shell, for nobody is there yet to appoint one."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from kaogong.foundation.access import roles
from kaogong.foundation.access.models import Account, Post
from kaogong.foundation.access.services.accounts import open_account
from kaogong.foundation.access.services.posts import appoint
from kaogong.foundation.access.services.refusals import HOUSE
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import Refusal
from kaogong.foundation.organisations import selectors as organisations

ROLE = "administrator"


class AdministratorThere(Refusal):
    """Somebody holds, or is going to hold, the post already."""

    message = _("已有{title}：{organisation}，{name}。")
    advice = _("账号和岗位由现任管理员开设、任命；本人的双重验证遗失时，由另一位管理员解除。")
    clause = Clause(HOUSE, "roles")


@command
def appoint_first_administrator(
    *, actor: Actor, at: datetime, username: str, display_name: str, password: str
) -> Account:
    """Open an account and appoint it the ministry's administrator, from today on.

    Needs `access.appoint` everywhere. Refused while anybody holds the post of an administrator; when all terms have
    ended it may be done again. Of two at once one wins: the ministry's row is locked.
    """
    actor.require("access.appoint")
    ministry = organisations.organisations_for(actor, kind="ministry").select_for_update(of=("self",)).get()
    today = timezone.localtime(at).date()
    if (held := _held(today)) is not None:
        place = held.organisation.name
        raise AdministratorThere(title=roles.title_of(ROLE), name=str(held.account), organisation=place)
    account = open_account(actor=actor, at=at, username=username, display_name=display_name, password=password)
    appoint(actor=actor, at=at, account_id=account.pk, organisation_id=ministry.pk, role=ROLE, since=today)
    return account


def _held(today: date) -> Post | None:
    goes_on = Q(until__isnull=True) | Q(until__gte=today)
    posts = Post.objects.filter(goes_on, role=ROLE, account__is_active=True)
    return posts.select_related("account", "organisation").order_by("since").first()
