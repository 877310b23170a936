"""Loading the instruments, articles and provisions that the product ships; what was entered here is left alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from kaogong.foundation.audit import attesting
from kaogong.foundation.kernel import remembering, trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.commands import command
from kaogong.regulations import library, models
from kaogong.regulations.library import Library
from kaogong.regulations.rules import overlap
from kaogong.regulations.selectors import CLAUSE, as_provision

INSTRUMENT = ["title", "issuer", "number", "issued_on", "in_force_on", "repealed_on", "region_code", "certainty"]
ARTICLE = ["heading", "text", "until", "certainty", "file"]
PROVISION = ["title", "value", "unit", "article", "until", "certainty", "file"]
PLACE = ["key", "region_code", "track", "occupation_code", "since"]
ArticleName = tuple[Clause, date | None]


@command
def load_reference(*, actor: Actor, at: datetime) -> dict[str, int]:
    """Bring the library to what the shipped files say, and tell how many rows were written and removed.

    What was entered in the office (without a file) stays, and wins over a shipped figure of the same key and scope
    whose days it overlaps. Loading again changes nothing. Raises FaultyLibrary, before anything is written, when the
    files contradict themselves.
    """
    actor.require("reference.load")
    files = library.read()
    instruments = _load_instruments(files)
    articles = _load_articles(files, instruments)
    provisions = _load_provisions(files, articles)
    _attest(actor, provisions)
    removed = (
        _remove(models.Provision, provisions)
        + _remove(models.Article, articles.values())
        + _remove(models.Instrument, instruments.values())
    )
    remembering.forget()
    counts = {
        "instruments": len(instruments),
        "articles": len(articles),
        "provisions": len(provisions),
        "removed": removed,
    }
    trail.record(actor=actor, action="regulations.loaded", digest=files.digest, counts=counts)
    return counts


def _load_instruments(files: Library) -> dict[str, UUID]:
    rows = [
        models.Instrument(
            key=row.key,
            title=row.title,
            issuer=row.issuer,
            number=row.number,
            issued_on=row.issued_on,
            in_force_on=row.in_force_on,
            repealed_on=row.repealed_on,
            region_code=row.region_code,
            certainty=row.certainty,
            source=row.source,
            file=row.file,
        )
        for row in files.instruments
    ]
    models.Instrument.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["key"], update_fields=[*INSTRUMENT, "source", "file"]
    )
    keys = [row.key for row in files.instruments]
    return dict(models.Instrument.objects.filter(key__in=keys).values_list("key", "pk"))


def _load_articles(files: Library, instruments: dict[str, UUID]) -> dict[ArticleName, UUID]:
    rows = [
        models.Article(
            instrument_id=instruments[row.clause.instrument],
            article=row.clause.article,
            heading=row.heading,
            text=row.text,
            in_force_on=row.in_force_on,
            until=row.until,
            certainty=row.certainty,
            file=row.file,
        )
        for row in files.articles
    ]
    models.Article.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["instrument", "article", "in_force_on"], update_fields=ARTICLE
    )
    stored = {(row.instrument_id, row.article, row.in_force_on): row.pk for row in models.Article.objects.all()}
    return {
        (row.clause, row.in_force_on): stored[instruments[row.clause.instrument], row.clause.article, row.in_force_on]
        for row in files.articles
    }


def _load_provisions(files: Library, articles: dict[ArticleName, UUID]) -> list[UUID]:
    # A provision names a clause, not one of its dated texts: it hangs on the latest that was in force when it began.
    texts = sorted(articles.items(), key=lambda item: item[0][1] or date.min)
    entered = [as_provision(row) for row in models.Provision.objects.filter(file="").select_related(*CLAUSE)]
    rows = []
    for row in files.provisions:
        figure = row.provision
        ended = [each.since for each in entered if overlap(figure, each)]
        if ended and min(ended) <= figure.since:
            continue
        own = [(since, pk) for (clause, since), pk in texts if clause == figure.clause]
        begun = [pk for since, pk in own if since is None or since <= figure.since]
        rows.append(
            models.Provision(
                key=figure.key,
                title=figure.title,
                value=figure.value,
                unit=figure.unit,
                article_id=begun[-1] if begun else own[0][1],
                region_code=figure.scope.region_code,
                track=figure.scope.track,
                occupation_code=figure.scope.occupation_code,
                since=figure.since,
                until=min(ended, default=figure.until),
                certainty=figure.certainty,
                file=row.file,
            )
        )
    models.Provision.objects.bulk_create(rows, update_conflicts=True, unique_fields=PLACE, update_fields=PROVISION)
    wanted = {tuple(getattr(row, name) for name in PLACE) for row in rows}
    return [pk for pk, *place in models.Provision.objects.values_list("pk", *PLACE) if tuple(place) in wanted]


def _attest(actor: Actor, kept: Iterable[UUID]) -> None:
    """Vouch for the figures as the files have them, and take back the word for those that they no longer have."""
    rows = attesting.doubted(list(models.Provision.objects.filter(pk__in=list(kept))))
    gone = list(models.Provision.objects.exclude(file="").exclude(pk__in=list(kept)))
    trail.record_each(actor=actor, action="regulations.provision_loaded", targets=rows, attest=trail.Attest.AS_IT_IS)
    trail.record_each(actor=actor, action="regulations.provision_removed", targets=gone, attest=trail.Attest.NO_MORE)


def _remove(model: type[models.Instrument | models.Article | models.Provision], kept: Iterable[UUID]) -> int:
    """Remove shipped rows that the files no longer have; one that an entered row hangs on stays with it."""
    rows = model._default_manager.exclude(file="").exclude(pk__in=list(kept))
    if model is models.Article:
        rows = rows.exclude(pk__in=models.Provision.objects.values("article"))
    if model is models.Instrument:
        rows = rows.exclude(pk__in=models.Article.objects.values("instrument"))
    return rows.delete()[0]
