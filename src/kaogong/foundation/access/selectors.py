"""What others may ask about accounts: who acts in a request, who holds which post, who stands in for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from kaogong.foundation.access import policies, roles
from kaogong.foundation.access.models import Account, Deputy, Post
from kaogong.foundation.identity import selectors as persons
from kaogong.foundation.kernel.actors import PUBLIC, Actor, Grant
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.foundation.organisations.selectors import reach_of
from kaogong.foundation.signing import digests, encryption

PHONE = "access.account.phone"
MAIL = "access.account.mail"


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A post as its holder (or the one who stands in) has it on a day."""

    id: UUID
    organisation_id: UUID
    organisation_name: str
    role: str
    title: str
    since: date
    until: date | None
    stands_in_for: str = ""


def actor_of(account: Account | None, at: datetime, *, has_second_factor: bool = True, door: str = "web") -> Actor:
    """The Actor of an account at a moment: its living person, and a grant for each post or deputyship in force.

    Without a second factor the posts give nothing (where the installation asks for one): the account may still act
    for its own person. An unknown or closed account is the public.
    """
    if account is None or not account.is_active:
        return PUBLIC
    on = timezone.localtime(at).date()
    held = posts_in_force(account.pk, on) if has_second_factor else []
    person_id = persons.current(account.person_id) if account.person_id else None
    return Actor(
        kind="officer" if held else "person",
        name=str(account),
        account_id=account.pk,
        person_id=person_id,
        grants=tuple(grant for post in held if (grant := _grant(post, on))),
        door=door,
    )


def _grant(post: HeldPost, on: date) -> Grant | None:
    role = roles.role(post.role, on)
    if role is None:
        return None
    return Grant(
        organisation_id=post.organisation_id,
        organisation_name=post.organisation_name,
        role=post.role,
        powers=role.powers,
        reach=reach_of(post.organisation_id, on),
    )


def posts_in_force(account_id: UUID, on: date) -> list[HeldPost]:
    """The posts that the account holds on a day, then those for which it stands in."""
    own = Post.objects.filter(_term(on), account_id=account_id).select_related("organisation").order_by("since", "pk")
    stands_in = (
        Deputy.objects.filter(
            _term(on, "post__"), account_id=account_id, since__lte=on, until__gte=on, recalled_on__isnull=True
        )
        .select_related("post__organisation", "post__account")
        .order_by("since", "pk")
    )
    held = [_held(post) for post in own]
    return held + [_held(deputy.post, stands_in_for=str(deputy.post.account)) for deputy in stands_in]


def _term(on: date, prefix: str = "") -> Q:
    ends = Q(**{f"{prefix}until__isnull": True}) | Q(**{f"{prefix}until__gte": on})
    return ends & Q(**{f"{prefix}since__lte": on})


def _held(post: Post, stands_in_for: str = "") -> HeldPost:
    return HeldPost(
        id=post.pk,
        organisation_id=post.organisation_id,
        organisation_name=post.organisation.name,
        role=post.role,
        title=roles.title_of(post.role),
        since=post.since,
        until=post.until,
        stands_in_for=stands_in_for,
    )


def holds_posts(account: Account, at: datetime) -> bool:
    """Whether any post or deputyship is in force for the account: who holds one must bring a second factor."""
    return bool(posts_in_force(account.pk, timezone.localtime(at).date()))


def accounts_for(actor: Actor) -> QuerySet[Account]:
    """The accounts in the actor's reach."""
    return Account.objects.filter(policies.accounts_visible_to(actor)).select_related("person")


def account(actor: Actor, account_id: UUID) -> Account:
    """One account. Raises NotFound outside the actor's reach."""
    found = accounts_for(actor).filter(pk=account_id).first()
    if found is None:
        raise NotFound
    return found


def own_account(actor: Actor) -> Account:
    """The account that acts. Raises NotFound for the public and for services."""
    found = Account.objects.filter(pk=actor.account_id).first() if actor.account_id else None
    if found is None:
        raise NotFound
    return found


def posts_for(actor: Actor) -> QuerySet[Post]:
    """The posts in the actor's reach, the latest term first."""
    visible = Post.objects.filter(policies.posts_visible_to(actor))
    return visible.select_related("organisation", "account").order_by("-since", "pk")


def posts_ending(actor: Actor, since: date, until: date) -> QuerySet[Post]:
    """The posts in force in the actor's reach whose term ends between those days."""
    return posts_for(actor).filter(since__lte=since, until__gte=since, until__lt=until)


def post(actor: Actor, post_id: UUID) -> Post:
    """One post. Raises NotFound outside the actor's reach."""
    found = posts_for(actor).filter(pk=post_id).first()
    if found is None:
        raise NotFound
    return found


def deputies_of(post_ids: list[UUID]) -> QuerySet[Deputy]:
    """Who stands or stood in for these posts, latest first. Without scope: the posts were found within reach."""
    return Deputy.objects.filter(post_id__in=post_ids).select_related("account").order_by("-since")


def find_account(actor: Actor, login: str) -> Account | None:
    """The account with this login name, phone or mail, so that an officer can give it a post.

    Only whoever may appoint somewhere gets an answer: the full login must be known, so that nobody browses.
    """
    if not actor.holds("access.appoint"):
        raise NotFound
    return by_login(login)


def by_login(login: str) -> Account | None:
    """The account with this login name, verified phone or verified mail. Without scope: for signing in."""
    typed = login.strip()
    if "@" in typed:
        return by_mail(typed)
    return by_name(typed) or by_phone(typed)


def by_name(name: str) -> Account | None:
    """The account with this login name. Without scope: for signing in and recovery."""
    return Account.objects.filter(username=name).first() if name else None


def by_phone(phone: str, *, is_verified: bool = True) -> Account | None:
    """The account with this phone as typed. Without scope: for signing in and recovery."""
    number = canonical_phone(phone)
    if not number:
        return None
    under = digests.keyed_by_all(number, purpose=PHONE)
    found = Account.objects.filter(phone_digest__in=under)
    return (found.filter(is_phone_verified=True) if is_verified else found.order_by("-is_phone_verified")).first()


def by_mail(mail: str) -> Account | None:
    """The account with this verified mail address as typed. Without scope: for signing in and recovery."""
    address = canonical_mail(mail)
    if not address:
        return None
    under = digests.keyed_by_all(address, purpose=MAIL)
    return Account.objects.filter(mail_digest__in=under, is_mail_verified=True).first()


def canonical_phone(text: str) -> str:
    """The phone in canonical form; empty when it is none."""
    return persons.canonical_phone(text)


def canonical_mail(text: str) -> str:
    """The mail address in canonical form; empty when it is none."""
    return persons.canonical_mail(text)


def masked_login(login: str) -> str:
    """A phone or mail address as typed, masked; a login name as it is."""
    if phone := canonical_phone(login):
        return persons.masked_phone(phone)
    if mail := canonical_mail(login):
        return persons.masked_mail(mail)
    return login.strip()


def phone_of(account: Account) -> str:
    """The account's phone in the clear: for sending a code, never for showing."""
    return _open(account.phone_sealed, context(PHONE, account.pk))


def mail_of(account: Account) -> str:
    """The account's mail address in the clear: for sending a code, never for showing."""
    return _open(account.mail_sealed, context(MAIL, account.pk))


def context(purpose: str, account_id: UUID) -> str:
    """What a sealed contact is bound to: its purpose and its account."""
    return f"{purpose}:{account_id}"


def _open(sealed: bytes | memoryview | None, bound_to: str) -> str:
    return encryption.open_sealed(bytes(sealed), context=bound_to).decode() if sealed else ""


def role_choices(on: date, body_kind: str = "") -> list[roles.Role]:
    """The roles that can be given on a day, in bodies of a kind when one is named."""
    return [each for each in roles.roles_in_force(on) if not body_kind or body_kind in each.bodies]


def role_title(key: str) -> str:
    """The Chinese name of a role."""
    return roles.title_of(key)


def is_second_factor_required() -> bool:
    """Whether this installation lets posts act only with a second factor."""
    return bool(settings.SECOND_FACTOR_REQUIRED)


def has_second_factor(account: Account) -> bool:
    """Whether the account has a second factor set up."""
    return bool(is_mfa_enabled(account))


def role_of(key: str, on: date) -> roles.Role | None:
    """The row of the table of roles on a day."""
    return roles.role(key, on)


def find_colleague(actor: Actor, post: Post, login: str) -> Account | None:
    """The account that may stand in for a post, by its full login: for its holder and for whoever may appoint there.

    Raises NotFound for others.
    """
    if post.account_id != actor.account_id and not actor.holds("access.appoint"):
        raise NotFound
    return by_login(login)
