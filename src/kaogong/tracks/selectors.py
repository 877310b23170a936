"""What the tracks' rule tables say on a day. Open to everyone: rules are public."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop as _

from kaogong.foundation.kernel import remembering
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.refusals import NotFound, Refusal
from kaogong.tracks.models import Track, TrackRule

__all__ = ["SOCIAL", "Clause", "NoTrackRule", "Rule", "has_rules", "name_of", "rule", "rules", "track", "tracks"]

SOCIAL = "social"
TOPICS = ("organisers", "sites", "levels", "conditions", "panel", "review", "regimes")
ORDER = {topic: position for position, topic in enumerate(TOPICS)}


class NoTrackRule(Refusal):
    """The track's table has no rule on that topic for that day: nothing may be decided on it."""

    message = _("“{track}”在 {on} 没有关于“{topic}”的规则，规则到位之前不能开办。")
    advice = _("请选择规则已经录入的评价类别；其他类别的规则将陆续录入。")
    clause = Clause("kaogong-tracks-rules", "rules-arrive-later")
    field = "track"


@dataclass(frozen=True, slots=True)
class Rule:
    """One cell of a track's rule table: its value and the clause it rests on."""

    topic: str
    value: Any
    clause: Clause
    since: date
    until: date | None = None


def tracks() -> QuerySet[Track]:
    """All tracks in the order in which they were entered."""
    return Track.objects.order_by("id")


def track(key: str) -> Track:
    """One track by its key. Raises NotFound."""
    found = Track.objects.filter(key=key).first()
    if found is None:
        raise NotFound
    return found


def name_of(key: str) -> str:
    """The track's name in words; the key itself when there is no such track."""
    return Track.objects.filter(key=key).values_list("name", flat=True).first() or key


def rules(track: str, on: date) -> list[Rule]:
    """The track's rule table as it stands on that day, by topic; empty where the rules have not arrived."""
    return list(remembering.remembered(("tracks.rules", track, on), lambda: _in_force(track, on)))


def rule(track: str, topic: str, on: date) -> Rule:
    """What the track's table says on a topic on that day. Raises NoTrackRule."""
    for found in rules(track, on):
        if found.topic == topic:
            return found
    raise NoTrackRule(track=name_of(track), topic=topic, on=on)


def has_rules(track: str, on: date) -> bool:
    """Whether the track's rules have arrived."""
    return bool(rules(track, on))


def _in_force(track: str, on: date) -> list[Rule]:
    rows = TrackRule.objects.filter(Q(until__isnull=True) | Q(until__gt=on), track__key=track, since__lte=on)
    return sorted(map(_as_rule, rows), key=lambda rule: (ORDER.get(rule.topic, len(ORDER)), rule.topic))


def _as_rule(row: TrackRule) -> Rule:
    return Rule(row.topic, row.value, Clause.parse(row.clause), row.since, row.until)
