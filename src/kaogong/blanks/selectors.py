"""What others may ask about blanks: stock, ledger, where one serial is. Selectors with `actor` keep to its reach."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from kaogong.blanks import policies, rules
from kaogong.blanks.models import Holding, Movement, Place, Series, StockCount
from kaogong.foundation.audit import restores
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.foundation.organisations import selectors as organisations
from kaogong.foundation.organisations.models import Organisation

__all__ = [
    "StockLine",
    "Whereabouts",
    "available",
    "balance",
    "kinds",
    "ledger",
    "may_move",
    "nearly_out",
    "next_serials",
    "papers",
    "places",
    "printed_range",
    "series",
    "series_of",
    "size_of",
    "stock",
    "stock_of",
    "targets",
    "uncounted",
    "uncounted_among",
    "where_is",
    "words_of",
]


@dataclass(slots=True)
class StockLine:
    """One body's blanks of one series: how many in each place, and which ranges are in stock."""

    series: Series
    organisation: Organisation
    counts: dict[str, int] = field(default_factory=dict)
    in_stock: list[rules.Range] = field(default_factory=list)

    @property
    def stock(self) -> int:
        """How many are left to print on."""
        return self.counts.get(Place.STOCK, 0)

    @property
    def used(self) -> int:
        """How many have been printed."""
        return self.counts.get(Place.USED, 0)

    @property
    def spoilt(self) -> int:
        """How many were spoilt and wait to be destroyed."""
        return self.counts.get(Place.SPOILT, 0)

    @property
    def destroyed(self) -> int:
        """How many were destroyed."""
        return self.counts.get(Place.DESTROYED, 0)

    @property
    def total(self) -> int:
        """How many this body answers for."""
        return sum(self.counts.values())

    @property
    def ranges(self) -> list[str]:
        """The ranges in stock, in words."""
        return [printed_range(self.series, each) for each in self.in_stock]

    @property
    def next_serial(self) -> str:
        """The serial that the next certificate will be printed on; empty when there is none."""
        return self.series.printed(self.in_stock[0][0]) if self.in_stock else ""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where one serial is, and the entries that brought it there, the oldest first."""

    series: Series
    serial: int
    printed: str
    organisation: Organisation
    place: str
    entries: tuple[Movement, ...]

    @property
    def place_label(self) -> str:
        """The place in words."""
        return str(Place(self.place).label)


def series() -> QuerySet[Series]:
    """All printings, the latest first: what exists is no secret, who holds what is."""
    return Series.objects.order_by("-ordered_at", "key")


def series_of(series_id: UUID) -> Series:
    """One printing. Raises NotFound."""
    found = Series.objects.filter(pk=series_id).first()
    if found is None:
        raise NotFound
    return found


def papers() -> list[tuple[str, str]]:
    """The kinds of certificate that blanks can be paper for."""
    return [(str(value), str(label)) for value, label in Series.Paper.choices]


def kinds() -> list[tuple[str, str]]:
    """The kinds of entry in the ledger, with their words."""
    return [(str(value), str(label)) for value, label in Movement.Kind.choices]


def places() -> list[tuple[str, str]]:
    """The accounts of the ledger, with their words."""
    return [(str(value), str(label)) for value, label in Place.choices]


def stock(
    actor: Actor, *, series_id: UUID | None = None, organisation_id: UUID | None = None, text: str = ""
) -> list[StockLine]:
    """Each body's blanks of each series within the actor's reach, by body and series."""
    rows = Holding.objects.filter(policies.holdings_visible_to(actor)).select_related("series", "organisation")
    if series_id is not None:
        rows = rows.filter(series=series_id)
    if organisation_id is not None:
        rows = rows.filter(organisation=organisation_id)
    for word in text.split():
        rows = rows.filter(
            Q(organisation__name__icontains=word) | Q(series__name__icontains=word) | Q(series__key__icontains=word)
        )
    lines: dict[tuple[UUID, UUID], StockLine] = {}
    for row in rows.order_by("organisation__region_code", "organisation__name", "series__key", "serials"):
        line = lines.setdefault((row.organisation_id, row.series_id), StockLine(row.series, row.organisation))
        serials = _range(row.serials)
        line.counts[row.place] = line.counts.get(row.place, 0) + rules.size(serials)
        if row.place == Place.STOCK:
            line.in_stock.append(serials)
    return list(lines.values())


def ledger(
    actor: Actor,
    *,
    series_id: UUID | None = None,
    organisation_id: UUID | None = None,
    kind: str = "",
    text: str = "",
    since: date | None = None,
    until: date | None = None,
) -> QuerySet[Movement]:
    """The entries within the actor's reach, the latest first; `text` is looked for in references and reasons."""
    rows = Movement.objects.filter(policies.movements_visible_to(actor)).select_related("series", "source", "target")
    if series_id is not None:
        rows = rows.filter(series=series_id)
    if organisation_id is not None:
        rows = rows.filter(Q(source=organisation_id) | Q(target=organisation_id))
    if kind:
        rows = rows.filter(kind=kind)
    if text:
        rows = rows.filter(Q(reference__icontains=text) | Q(reason__icontains=text) | Q(moved_by__icontains=text))
    if since is not None:
        rows = rows.filter(moved_at__date__gte=since)
    if until is not None:
        rows = rows.filter(moved_at__date__lte=until)
    return rows.order_by("-moved_at", "-id")


def where_is(series_id: UUID, serial: int, *, actor: Actor) -> Whereabouts:
    """Where a serial is now and how it came there. Raises NotFound for one never received or outside the reach."""
    row = (
        Holding.objects.filter(policies.holdings_visible_to(actor), series=series_id, serials__contains=serial)
        .select_related("series", "organisation")
        .first()
    )
    if row is None:
        raise NotFound
    entries = (
        Movement.objects.filter(series=series_id, serials__contains=serial)
        .select_related("source", "target", "series")
        .order_by("moved_at", "id")
    )
    return Whereabouts(row.series, serial, row.series.printed(serial), row.organisation, row.place, tuple(entries))


def available(organisation_id: UUID, *, paper: str = "") -> int:
    """How many blanks a body has left to print on. Without scope: for the module that issues."""
    return sum(rules.size(_range(row.serials)) for row in in_stock(organisation_id, paper=paper))


def next_serials(organisation_id: UUID, count: int, *, paper: str = "") -> list[str]:
    """The ranges, in words, that `count` certificates would be printed on now; empty when the stock is too small.

    Without scope: for the module that issues, which shows them before it does.
    """
    rows = list(in_stock(organisation_id, paper=paper))
    found = rules.lowest(stretches(rows), count)
    if sum(each.end - each.first for each in found) < count:
        return []
    of_order = {order_of(rows)[row.series_id]: row.series for row in rows}
    return [printed_range(of_order[each.order], (each.first, each.end)) for each in _joined(found)]


def balance(series_id: UUID) -> Mapping[str, int]:
    """How many serials of a series are in each place over all bodies, and how many were received."""
    counts = dict.fromkeys((str(place) for place in Place if place != Place.OUTSIDE), 0)
    for place, serials in Holding.objects.filter(series=series_id).values_list("place", "serials"):
        counts[place] += rules.size(_range(serials))
    received = Movement.objects.filter(series=series_id, kind=Movement.Kind.RECEIVE).values_list("serials", flat=True)
    return counts | {"received": sum(rules.size(_range(serials)) for serials in received)}


def targets(actor: Actor) -> QuerySet[Organisation]:
    """The bodies within the actor's reach that can hold blanks: centres and filed bodies that are open."""
    kinds_with_stock = (
        "national_centre",
        "provincial_centre",
        "prefecture_centre",
        "industry_centre",
        "corps_centre",
        "social_body",
        "enterprise",
    )
    return organisations.organisations_for(actor, is_open=True).filter(kind__in=kinds_with_stock)


def may_move(actor: Actor, organisation: Organisation) -> bool:
    """Whether the actor may transfer or spoil this body's blanks."""
    return actor.may("blanks.move", region=organisation.region_code, organisation=organisation.pk)


def printed_range(series: Series, serials: rules.Range) -> str:
    """A range in words: `A0000001–A0000312`."""
    return rules.wording(series.prefix, series.width, serials)


def words_of(movement: Movement) -> str:
    """The range of an entry in words."""
    return printed_range(movement.series, _range(movement.serials))


def size_of(movement: Movement) -> int:
    """How many serials an entry moved."""
    return rules.size(_range(movement.serials))


def in_stock(organisation_id: UUID, *, paper: str = "") -> QuerySet[Holding]:
    """The holdings that a body can print on, in the order in which they are used up. Without scope."""
    rows = Holding.objects.filter(organisation=organisation_id, place=Place.STOCK).select_related("series")
    if paper:
        rows = rows.filter(series__paper__in=["", paper])
    return rows.order_by("series__ordered_at", "series__key", "serials")


def uncounted(organisation_id: UUID, *, paper: str = "") -> list[Series]:
    """The series in a body's stock that were not counted since the last restore. Without scope."""
    restore = restores.last()
    if restore is None:
        return []
    counted = StockCount.objects.filter(organisation=organisation_id, restore_id=restore.id).values("series")
    rows = in_stock(organisation_id, paper=paper).exclude(series__in=counted)
    return list({row.series_id: row.series for row in rows}.values())


def nearly_out(*, since: datetime) -> int:
    """How many bodies have fewer blanks in stock than they used since then. Without scope: a count for the watch."""
    used: dict[UUID, int] = {}
    for body, serials in Movement.objects.filter(kind=Movement.Kind.USE, moved_at__gte=since).values_list(
        "target", "serials"
    ):
        used[body] = used.get(body, 0) + rules.size(_range(serials))
    left = dict.fromkeys(used, 0)
    for body, serials in Holding.objects.filter(organisation__in=used, place=Place.STOCK).values_list(
        "organisation", "serials"
    ):
        left[body] += rules.size(_range(serials))
    return sum(left[body] < count for body, count in used.items())


def uncounted_among(lines: Iterable[StockLine]) -> list[StockLine]:
    """Those lines of a stock, found within scope, that were not counted since the last restore."""
    restore = restores.last()
    if restore is None:
        return []
    rows = StockCount.objects.filter(restore_id=restore.id).values_list("organisation", "series")
    counted = set(rows)
    return [each for each in lines if each.stock and (each.organisation.pk, each.series.pk) not in counted]


def stock_of(series_id: UUID, organisation_id: UUID) -> list[rules.Range]:
    """The ranges of one series in a body's stock, the lowest first. Without scope."""
    rows = in_stock(organisation_id).filter(series=series_id)
    return [_range(row.serials) for row in rows]


def order_of(rows: Iterable[Holding]) -> dict[UUID, int]:
    """Which series is used up first: 0 for the first of the rows, in their order."""
    return {series_id: order for order, series_id in enumerate(dict.fromkeys(row.series_id for row in rows))}


def stretches(rows: list[Holding]) -> list[rules.Stretch]:
    """The rows as the rules know them."""
    order = order_of(rows)
    return [rules.Stretch(order[row.series_id], *_range(row.serials)) for row in rows]


def _joined(found: list[rules.Stretch]) -> list[rules.Stretch]:
    orders = dict.fromkeys(each.order for each in found)
    return [
        rules.Stretch(order, *serials)
        for order in orders
        for serials in rules.joined((each.first, each.end) for each in found if each.order == order)
    ]


def _range(serials: object) -> rules.Range:
    lower, upper = getattr(serials, "lower", 0), getattr(serials, "upper", 0)
    return int(lower or 0), int(upper or 0)
