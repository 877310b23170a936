"""Who may see an account: the appointing officers of its bodies, of its person's region, and its owner."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from kaogong.foundation.access.models import Deputy, Post
from kaogong.foundation.kernel import scope
from kaogong.foundation.kernel.actors import Actor, Reach


def reach_of(actor: Actor) -> Reach:
    """How far the actor sees accounts and posts."""
    return actor.reach("access.view") | actor.reach("access.appoint")


def accounts_visible_to(actor: Actor) -> Q:
    """Accounts with a post within reach, or whose person was entered there, and one's own."""
    reach = reach_of(actor)
    own = Q(pk=actor.account_id) if actor.account_id else Q(pk__in=[])
    if not reach:
        return own
    if "" in reach.prefixes:
        return Q()
    posts = Post.objects.filter(posts_visible_to(actor), account=OuterRef("pk"))
    deputies = Deputy.objects.filter(
        scope.within(reach, region="post__organisation__region_code", organisation="post__organisation"),
        account=OuterRef("pk"),
    )
    persons = scope.within(reach, region="person__region_code", organisation="person__organisation")
    return own | Q(Exists(posts)) | Q(Exists(deputies)) | (persons & Q(person__isnull=False)) | _unattached(actor)


def posts_visible_to(actor: Actor) -> Q:
    """Posts in bodies within reach, and one's own."""
    own = Q(account_id=actor.account_id) if actor.account_id else Q(pk__in=[])
    within = scope.within(reach_of(actor), region="organisation__region_code", organisation="organisation")
    # "Everywhere" comes as an empty Q, which would vanish beside an alternative.
    return own | within if within else within


def _unattached(actor: Actor) -> Q:
    """Accounts that this actor opened and that hold no post yet, so that the appointing officer can find them."""
    return Q(opened_by=actor.account_id) if actor.account_id else Q(pk__in=[])
