"""Posts: given for a term, ended, and stood in for during leave."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from kaogong.foundation.access import events, roles, selectors
from kaogong.foundation.access.models import Account, Deputy, Post
from kaogong.foundation.access.services.accounts import read_reason
from kaogong.foundation.access.services.refusals import (
    DeputyIsHolder,
    DeputyThere,
    NotOneself,
    PostHeldAlready,
    PostOver,
    RoleNotHere,
    RolesApart,
    RoleUnknown,
    TermImpossible,
)
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.foundation.organisations import selectors as organisations
from kaogong.foundation.outbox import announcing


@command
def appoint(
    *,
    actor: Actor,
    at: datetime,
    account_id: UUID,
    organisation_id: UUID,
    role: str,
    since: date,
    until: date | None = None,
) -> Post:
    """Give an account a post in a body for a term (both days included; without `until` it goes on).

    Needs `access.appoint` over the body, and nobody appoints themselves. Refused when the body has no such post, when
    the account holds a post that must be kept apart from it, or the same post already. Of two who appoint the same
    account to the same post at once one wins; accounts are locked, so posts to be kept apart cannot slip in together.
    """
    organisation = organisations.get(organisation_id)
    actor.require("access.appoint", region=organisation.region_code, organisation=organisation.pk)
    if account_id == actor.account_id:
        raise NotOneself
    given = roles.role(role, since)
    if given is None:
        raise RoleUnknown(role=role)
    if organisation.kind not in given.bodies:
        raise RoleNotHere(organisation=organisation.name, title=given.title)
    if until is not None and until < since:
        raise TermImpossible(since=since, until=until)
    account = _locked(account_id)
    _refuse_mixing(account, role, since, until)
    post = Post(account=account, organisation_id=organisation.pk, role=role, since=since, until=until)
    try:
        with transaction.atomic():
            post.save(force_insert=True)
    except IntegrityError as fault:
        raise PostHeldAlready(title=given.title) from fault
    trail.record(
        actor=actor,
        action="access.post_given",
        target=post,
        attest=trail.Attest.AS_IT_IS,
        account=account.pk,
        organisation=organisation.pk,
        role=role,
        since=since,
        until=until,
    )
    announcing.announce(
        events.PostGiven(
            post_id=post.pk,
            account_id=account.pk,
            organisation_id=organisation.pk,
            role=role,
            region_code=organisation.region_code,
        ),
        at=at,
    )
    return post


@command
def end_post(*, actor: Actor, at: datetime, post_id: UUID, until: date, reason: str) -> Post:
    """End a post: `until` is its last day. Needs `access.appoint` over the body. Deputies end with it."""
    post = _post(actor, post_id)
    actor.require("access.appoint", region=post.organisation.region_code, organisation=post.organisation_id)
    if post.until is not None and post.until < _today(at):
        raise PostOver(until=post.until)
    if until < post.since or (post.until is not None and until > post.until):
        raise TermImpossible(since=post.since, until=until)
    post.until = until
    post.ended_because = read_reason(reason)
    post.save(update_fields=["until", "ended_because"])
    trail.record(
        actor=actor,
        action="access.post_ended",
        target=post,
        attest=trail.Attest.AS_IT_IS,
        reason=post.ended_because,
        until=until,
    )
    return post


@command
def depute(
    *, actor: Actor, at: datetime, post_id: UUID, account_id: UUID, since: date, until: date, reason: str
) -> Deputy:
    """Have another account stand in for a post during these days, with its powers and its reach.

    The holder may do so, and whoever may appoint there, but nobody names themselves. Posts that must be kept apart
    stay apart for deputies too.
    """
    post = _post(actor, post_id)
    if not _holds(actor, post):
        actor.require("access.appoint", region=post.organisation.region_code, organisation=post.organisation_id)
    if account_id == actor.account_id:
        raise NotOneself
    if account_id == post.account_id:
        raise DeputyIsHolder
    if post.until is not None and post.until < _today(at):
        raise PostOver(until=post.until)
    if until < since or since < post.since or (post.until is not None and until > post.until):
        raise TermImpossible(since=since, until=until)
    account = _locked(account_id)
    _refuse_mixing(account, post.role, since, until)
    deputy = Deputy(post=post, account=account, since=since, until=until, reason=read_reason(reason, least=2))
    try:
        with transaction.atomic():
            deputy.save(force_insert=True)
    except IntegrityError as fault:
        raise DeputyThere from fault
    trail.record(
        actor=actor,
        action="access.deputy_named",
        target=deputy,
        attest=trail.Attest.AS_IT_IS,
        reason=deputy.reason,
        post=post.pk,
        account=account.pk,
        since=since,
        until=until,
    )
    return deputy


@command
def recall_deputy(*, actor: Actor, at: datetime, deputy_id: UUID) -> Deputy:
    """Take a deputyship back at once: from this moment the deputy acts no more. The holder may, or who may appoint."""
    deputy = Deputy.objects.select_for_update(of=("self",)).select_related("post__organisation").filter(pk=deputy_id)
    found = deputy.first()
    if found is None or found.recalled_on is not None:
        raise NotFound
    post = selectors.post(actor, found.post_id)
    if not _holds(actor, post):
        actor.require("access.appoint", region=post.organisation.region_code, organisation=post.organisation_id)
    found.recalled_on = _today(at)
    found.save(update_fields=["recalled_on"])
    trail.record(
        actor=actor,
        action="access.deputy_recalled",
        target=found,
        attest=trail.Attest.AS_IT_IS,
        post=post.pk,
        account=found.account_id,
    )
    return found


def _refuse_mixing(account: Account, role: str, since: date, until: date | None) -> None:
    """Refuse a role for someone who holds, or stands in for, one to be kept apart from it on any of these days."""
    goes_on = Q(until__isnull=True) | Q(until__gte=since)
    begins = Q(since__lte=until) if until is not None else Q()
    posts = Post.objects.filter(goes_on, begins, account=account).values_list("role", flat=True)
    deputies = Deputy.objects.filter(begins, account=account, until__gte=since, recalled_on__isnull=True)
    for held in [*posts, *deputies.values_list("post__role", flat=True)]:
        if roles.must_stay_apart(held, role, since):
            raise RolesApart(name=str(account), held=roles.title_of(held), title=roles.title_of(role))


def _holds(actor: Actor, post: Post) -> bool:
    """Whether the actor acts in this very post now; owning the account is not enough without the second factor."""
    grants = ((grant.organisation_id, grant.role) for grant in actor.grants)
    return post.account_id == actor.account_id and (post.organisation_id, post.role) in grants


def _locked(account_id: UUID) -> Account:
    account = Account.objects.select_for_update().filter(pk=account_id, is_active=True).first()
    if account is None:
        raise NotFound
    return account


def _post(actor: Actor, post_id: UUID) -> Post:
    found = selectors.post(actor, post_id)
    return Post.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=found.pk)


def _today(at: datetime) -> date:
    return timezone.localtime(at).date()
