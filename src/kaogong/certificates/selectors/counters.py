"""The counters of running numbers: how far each is, and whether a restore has closed it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q
from django.utils import timezone

from kaogong.blanks import selectors as blanks
from kaogong.certificates.models import Counter, Reckoning
from kaogong.certificates.rules import LEVEL_NAMES, REGIMES, Number, Regime, canonical_number, generate, parse
from kaogong.certificates.rules.restored import RestoredFacts
from kaogong.foundation.audit import restores
from kaogong.foundation.audit.restores import Restore
from kaogong.foundation.kernel import scope
from kaogong.foundation.kernel.actors import Actor, Reach
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.foundation.organisations.models import Organisation

if TYPE_CHECKING:
    from kaogong.certificates.selectors.gate import Issuing

SEEING = ("certificates.see", "certificates.issue", "certificates.reckon")


@dataclass(frozen=True, slots=True)
class Standing:
    """One counter: the last number it has given, which of its numbers are unaccounted, and whether it is closed."""

    regime: Regime
    year: int
    body: Organisation
    body_code: str
    level: int
    last: int
    closed_by: Restore | None
    may_be_reckoned: bool
    """There was a restore since its numbers could be out."""
    reckonings: Sequence[Reckoning]

    @property
    def title(self) -> str:
        """Body, year and level in words."""
        return words_of(self.body.name, self.year, self.level)

    @property
    def newest(self) -> str:
        """The last number given, written out; empty when there is none."""
        return self.spelt(self.last) if self.last else ""

    @property
    def next(self) -> str:
        """The number that comes next, written out; empty when all are used up."""
        return self.spelt(self.last + 1) if self.last < self.regime.capacity else ""

    @property
    def unaccounted(self) -> list[tuple[str, str, Reckoning]]:
        """The numbers without a record: (first, last, how they came to be so)."""
        return [(self.spelt(row.first), self.spelt(row.last), row) for row in self.reckonings if row.count]

    def bears(self, number: Number) -> bool:
        """Whether a number is one of this counter's."""
        own = (self.regime.key, self.year % 100, self.body_code, self.level)
        return own == (number.regime.key, number.year, number.body_code, number.level)

    def spelt(self, running: int) -> str:
        """A number of this counter, written out."""
        return generate(self.regime, year=self.year, body_code=self.body_code, level=self.level, running=running)


def words_of(body: str, year: int, level: int) -> str:
    """A counter in words: `南京市某鉴定站2026年五级/初级工`."""
    return f"{body}{year}年{LEVEL_NAMES[level]}"


def closed_by(regime: Regime, *, year: int, body_code: str, level: int) -> Restore | None:
    """The restore that keeps this counter closed; None when numbers may be given. Without scope.

    A counter of a year that begins after the restore cannot have given anything out before it.
    """
    restore = restores.last()
    own = Reckoning.objects.filter(regime=regime.key, year=year, body_code=body_code, level=level)
    return restore if restore is not None and _closes(restore, year, own) else None


def restored_facts(issuing: Issuing, *, level: int, on: date) -> RestoredFacts | None:
    """What the gate looks at after a restore; None when there was none, or nobody can issue anyway."""
    restore, regime, issuer = restores.last(), issuing.regime, issuing.issuer
    if restore is None or regime is None or issuer is None or not issuing.body_code:
        return None
    counter: dict[str, Any] = {"year": on.year, "body_code": issuing.body_code, "level": level}
    is_open = closed_by(regime, **counter) is None
    return RestoredFacts(
        on=restore.on,
        counter=words_of(issuing.body.name, on.year, level),
        next_number=(next_number(issuing, level=level, on=on) or "—") if is_open else "",
        issuer=issuer.name,
        uncounted=[row.name for row in blanks.uncounted(issuer.pk, paper=regime.key)],
    )


def next_number(issuing: Issuing, *, level: int, on: date) -> str:
    """The number that this counter comes to next, closed or not; empty when it has none. Without scope."""
    if issuing.regime is None or not issuing.body_code:
        return ""
    counter: dict[str, Any] = {"year": on.year, "body_code": issuing.body_code, "level": level}
    last = Counter.objects.filter(regime=issuing.regime.key, **counter).values_list("last", flat=True).first() or 0
    return generate(issuing.regime, running=last + 1, **counter) if last < issuing.regime.capacity else ""


def counters_for(actor: Actor, *, year: int | None = None) -> list[Standing]:
    """The counters within the actor's reach, closed ones first, then by body, the newest year and level."""
    rows = list(Counter.objects.filter(**({} if year is None else {"year": year})))
    found = _standings(rows, _bodies(actor, {row.body_code for row in rows}))
    return sorted(found, key=lambda each: (each.closed_by is None, each.body.name, -each.year, each.level))


def standing_of(actor: Actor, number: Number) -> Standing:
    """The counter within the actor's reach that a number is of, also one that has given none yet. Raises NotFound."""
    body = body_of(actor, number.body_code)
    counter = {"regime": number.regime.key, "year": 2000 + number.year, "body_code": number.body_code}
    row = Counter.objects.filter(**counter, level=number.level).first() or Counter(**counter, level=number.level)
    return _standings([row], {number.body_code: body})[0]


def _standings(rows: Sequence[Counter], bodies: Mapping[str, Organisation]) -> list[Standing]:
    reckoned: dict[tuple[str, int, str, int], list[Reckoning]] = {}
    for each in Reckoning.objects.filter(body_code__in=bodies).order_by("reckoned_at", "id"):
        reckoned.setdefault((each.regime, each.year, each.body_code, each.level), []).append(each)
    restore = restores.last()
    found = []
    for row in rows:
        if (body := bodies.get(row.body_code)) is None:
            continue
        own = reckoned.get((row.regime, row.year, row.body_code, row.level), [])
        found.append(
            Standing(
                regime=REGIMES[row.regime],
                year=row.year,
                body=body,
                body_code=row.body_code,
                level=row.level,
                last=row.last,
                closed_by=restore if restore is not None and _closes(restore, row.year, own) else None,
                may_be_reckoned=restore is not None and restore.on.year >= row.year,
                reckonings=own,
            )
        )
    return found


def count_closed() -> int:
    """How many counters of the year are closed since a restore. Without scope: a count for whoever watches the site."""
    restore = restores.last()
    if restore is None:
        return 0
    fields = ("regime", "year", "body_code", "level")
    open_ones = set(Reckoning.objects.filter(restore_id=restore.id).values_list(*fields))
    return len(set(Counter.objects.filter(year=restore.on.year).values_list(*fields)) - open_ones)


def body_of(actor: Actor, body_code: str) -> Organisation:
    """The body within the actor's reach whose code stands in its certificates' numbers. Raises NotFound."""
    found = _bodies(actor, [body_code])
    if body_code not in found:
        raise NotFound
    return found[body_code]


def unaccounted(actor: Actor, number: str) -> Reckoning | None:
    """How a number within the actor's reach came to stand without a record; None when it does not."""
    try:
        asked = parse(canonical_number(number))
    except ValueError:
        return None
    if asked.body_code not in _bodies(actor, [asked.body_code]):
        return None
    counter = {"regime": asked.regime.key, "body_code": asked.body_code, "level": asked.level}
    rows = Reckoning.objects.filter(**counter, first__lte=asked.running, last__gte=asked.running)
    return next((row for row in rows if row.year % 100 == asked.year), None)


def days_without_record() -> list[date]:
    """The days of those restores after which numbers stand unaccounted: any stranger may know them."""
    rows = Reckoning.objects.filter(last__gte=F("first")).values_list("restored_at", flat=True).distinct()
    return sorted({timezone.localdate(each) for each in rows})


def _closes(restore: Restore, year: int, reckonings: Iterable[Reckoning]) -> bool:
    return restore.on.year >= year and all(each.restore_id != restore.id for each in reckonings)


def _bodies(actor: Actor, codes: Collection[str]) -> dict[str, Organisation]:
    """The bodies within reach by the code that their numbers carry."""
    reach = Reach()
    for power in SEEING:
        reach |= actor.reach(power)
    rows = Organisation.objects.filter(scope.within(reach, organisation="pk")).filter(
        Q(institution_code__in=codes) | Q(evaluation_code__in=codes)
    )
    return {code: row for row in rows for code in (row.institution_code, row.evaluation_code) if code}
