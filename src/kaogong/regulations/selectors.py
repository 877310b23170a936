"""What the rule library says on a day: provisions for rules, words for clauses. Open to everyone: rules are public."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_noop as _

from kaogong.foundation.kernel import remembering
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.refusals import HOUSE, Refusal
from kaogong.regulations import models
from kaogong.regulations.rules import CERTAINTY, Provision, Scope, applicable, article_label

__all__ = [
    "CERTAINTY",
    "ClauseText",
    "NoProvision",
    "Provision",
    "articles",
    "clause",
    "entered",
    "figure_names",
    "figures",
    "find_clauses",
    "instrument",
    "instruments",
    "provision",
    "provision_keys",
    "provisions",
    "provisions_of",
    "versions",
]


CLAUSE = ("article__instrument",)
"""What to select with a provision so that naming its clause costs nothing."""


class NoProvision(Refusal):
    """The rule library sets no such figure for that day and case: nothing may be decided without one."""

    message = _("规则库中没有“{key}”在 {on} 适用于此事的规定，无法判断。")
    advice = _("请联系规则库管理员补录该日期有效的规定及其依据。")
    clause = Clause(HOUSE, "figures")


@dataclass(frozen=True, slots=True)
class ClauseText:
    """A clause as people read it: the instrument that it stands in, its text in our words, and how certain that is."""

    clause: Clause
    instrument: str
    number: str
    heading: str
    text: str
    certainty: str
    certainty_label: str
    in_force_on: date | None
    until: date | None

    @property
    def label(self) -> str:
        """How it is cited: `《职业技能鉴定规定》第十五条`."""
        return f"《{self.instrument}》{article_label(self.clause.article, self.heading)}"

    @property
    def label_in_instrument(self) -> str:
        """Its number and heading within the instrument: `第十五条 申报` or, for a named one, the heading."""
        label = article_label(self.clause.article, self.heading)
        return label if self.heading in label else f"{label}　{self.heading}"

    @property
    def url(self) -> str:
        """Where the public reads it (route `public:clause`)."""
        return f"/rules/{self.clause.instrument}/{self.clause.article}/"

    def is_in_force(self, on: date) -> bool:
        """Whether it binds on that day, as far as its dates are known."""
        return (self.in_force_on is None or self.in_force_on <= on) and (self.until is None or on < self.until)


def provision(key: str, *, on: date, region_code: str = "", track: str = "", occupation_code: str = "") -> Provision:
    """The figure `key` as it applies on that day to that case; the most specific in force wins.

    Raises NoProvision when the library has none. A region code may be full (`320100`) or a prefix (`3201`).
    """
    return provisions(key, on=on, region_code=region_code, track=track, occupation_code=occupation_code)[key]


def provisions(
    *keys: str, on: date, region_code: str = "", track: str = "", occupation_code: str = ""
) -> Mapping[str, Provision]:
    """Several figures at once, in one query, by key. Raises NoProvision for the first that the library lacks.

    Those that this deed has asked for before cost nothing.
    """
    case = Scope(region_code, track, occupation_code)
    known = remembering.remembered("regulations.provisions", dict[str, list[Provision]])
    if wanting := [key for key in keys if key not in known]:
        rows = [as_provision(row) for row in _rows().filter(key__in=wanting)]
        known |= {key: [row for row in rows if row.key == key] for key in wanting}
    found = {}
    for key in keys:
        best = applicable(known[key], on=on, case=case)
        if best is None:
            raise NoProvision(key=key, on=on)
        found[key] = best
    return found


def clause(clause: Clause, on: date | None = None) -> ClauseText | None:
    """The words of a clause as they stood on that day (the latest when no day is given); None for an unknown clause."""
    texts = remembering.remembered(("regulations.clause", clause), lambda: _texts(clause))
    if on is not None:
        texts = [text for text in texts if text.is_in_force(on)] or texts
    return texts[-1] if texts else None


def instruments(text: str = "", *, certainty: str = "", on: date | None = None) -> QuerySet[models.Instrument]:
    """Instruments with the number of their articles (`article_count`); `text` is looked for in titles, numbers, words.

    With `on`, only those in force on that day as far as their dates are known.
    """
    rows = models.Instrument.objects.annotate(article_count=_article_count())
    if text:
        words = Q(heading__icontains=text) | Q(text__icontains=text)
        rows = rows.filter(
            Q(title__icontains=text)
            | Q(number__icontains=text)
            | Q(issuer__icontains=text)
            | Q(pk__in=models.Article.objects.filter(words).values("instrument"))
        )
    if certainty:
        rows = rows.filter(certainty=certainty)
    if on is not None:
        rows = rows.filter(Q(in_force_on__isnull=True) | Q(in_force_on__lte=on)).exclude(repealed_on__lte=on)
    return rows.order_by("region_code", "-in_force_on", "title")


def instrument(key: str) -> models.Instrument | None:
    """One instrument by its key, or None."""
    return models.Instrument.objects.annotate(article_count=_article_count()).filter(key=key).first()


def articles(instrument_key: str) -> list[ClauseText]:
    """The articles of an instrument in their order: numbers by value, then the named ones."""
    rows = models.Article.objects.filter(instrument__key=instrument_key).select_related("instrument")
    return sorted(map(_as_text, rows), key=lambda text: (*_order(text.clause.article), text.in_force_on or date.min))


def find_clauses(text: str, limit: int = 20) -> list[ClauseText]:
    """Clauses whose heading or words contain every word of `text`, or that are one named `instrument/article`."""
    words = text.split()
    if not words:
        return []
    rows = models.Article.objects.select_related("instrument")
    if len(words) == 1 and "/" in words[0]:
        key = Clause(*words[0].split("/", 1))
        rows = rows.filter(instrument__key=key.instrument, article=key.article)
    else:
        for word in words:
            rows = rows.filter(Q(heading__icontains=word) | Q(text__icontains=word))
    return [_as_text(row) for row in rows.order_by("instrument__title", "article")[:limit]]


def versions(clause: Clause) -> list[ClauseText]:
    """Every text that a clause has had, the newest first."""
    rows = models.Article.objects.filter(instrument__key=clause.instrument, article=clause.article)
    return [_as_text(row) for row in rows.select_related("instrument").order_by(F("in_force_on").desc(nulls_last=True))]


def figures(text: str = "", *, certainty: str = "", on: date | None = None) -> list[Provision]:
    """Every figure of the library by name; narrowed by words of its name or key, certainty, and the day it holds."""
    rows = _rows().order_by("key", "region_code", "track", "occupation_code", "-since")
    for word in text.split():
        rows = rows.filter(
            Q(title__icontains=word) | Q(key__icontains=word) | Q(article__instrument__title__icontains=word)
        )
    if certainty:
        rows = rows.filter(certainty=certainty)
    found = [as_provision(row) for row in rows]
    return found if on is None else [each for each in found if each.in_force(on)]


def provisions_of(clause: Clause) -> list[Provision]:
    """The figures that a clause sets, by name and then by scope and date."""
    rows = _rows().filter(article__instrument__key=clause.instrument, article__article=clause.article)
    found = [as_provision(row) for row in rows]
    return sorted(found, key=lambda each: (each.title, each.key, each.scope.rank, each.since))


def provision_keys() -> frozenset[str]:
    """Every key that the library has a figure for, at any time."""
    return frozenset(models.Provision.objects.values_list("key", flat=True))


def entered() -> list[tuple[models.Provision, Provision]]:
    """The figures that were entered here rather than shipped, the latest first."""
    rows = _rows().filter(file="").order_by("-since", "key")
    return [(row, as_provision(row)) for row in rows]


def figure_names() -> list[tuple[str, str]]:
    """Every figure that there is, as (key, title), by title."""
    named = dict(models.Provision.objects.order_by("-file", "since").values_list("key", "title"))
    return sorted(named.items(), key=lambda item: (item[1], item[0]))


def _rows() -> QuerySet[models.Provision]:
    return models.Provision.objects.select_related(*CLAUSE)


def _texts(clause: Clause) -> list[ClauseText]:
    rows = models.Article.objects.filter(instrument__key=clause.instrument, article=clause.article)
    return [_as_text(row) for row in rows.select_related("instrument").order_by("in_force_on")]


def _article_count() -> Coalesce:
    rows = models.Article.objects.filter(instrument=OuterRef("pk")).order_by().values("instrument")
    return Coalesce(Subquery(rows.annotate(number=Count("pk")).values("number")), 0)


def as_provision(row: models.Provision) -> Provision:
    """A stored provision as rules receive it; its article and instrument should have been selected with it."""
    return Provision(
        key=row.key,
        title=row.title,
        value=row.value,
        unit=row.unit,
        clause=Clause(row.article.instrument.key, row.article.article),
        certainty=row.certainty,
        scope=Scope(row.region_code, row.track, row.occupation_code),
        since=row.since,
        until=row.until,
    )


def _as_text(row: models.Article) -> ClauseText:
    return ClauseText(
        clause=Clause(row.instrument.key, row.article),
        instrument=row.instrument.title,
        number=row.instrument.number,
        heading=row.heading,
        text=row.text,
        certainty=row.certainty,
        certainty_label=CERTAINTY[row.certainty],
        in_force_on=row.in_force_on or row.instrument.in_force_on,
        until=row.until or row.instrument.repealed_on,
    )


def _order(article: str) -> tuple[int, list[int], str]:
    numbers = [int(part) for part in re.findall(r"\d+", article)]
    return (0, numbers, article) if article[:1].isdecimal() else (1, [], article)
