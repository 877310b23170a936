"""A list is taken in, judged row by row as it stands, and then committed at once or given up."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from kaogong.foundation.identity import rules as identity_rules
from kaogong.foundation.identity import selectors as identity
from kaogong.foundation.identity import services as identity_services
from kaogong.foundation.identity.models import Person
from kaogong.foundation.identity.services.refusals import refusal_of
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, Refusal
from kaogong.foundation.regions import selectors as regions
from kaogong.foundation.signing import digests, encryption
from kaogong.itembank.rules.files import NotReadable
from kaogong.registration import gate, policies, refusals, rules, selectors
from kaogong.registration.models import Registration, Roster, RosterRow
from kaogong.registration.rules.phrases import gettext_noop as _
from kaogong.registration.selectors.offers import Offer, day_of
from kaogong.registration.services import batches
from kaogong.registration.states import ROSTER
from kaogong.regulations.selectors import provisions
from kaogong.sittings import selectors as sittings
from kaogong.sittings import services as sitting_services
from kaogong.sittings.models import Sitting

CHUNK = 200
"""How many rows one step of the judging takes: few enough for a slow machine to answer in a second or two."""
COLUMN_OF = {"residence_code": "residence", "employer_code": "employer_place"}
"""Where a refusal's field stands in the list when the names differ."""
Verdict = RosterRow.Verdict


@command
def stage_roster(
    *, actor: Actor, at: datetime, sitting_id: UUID, file_name: str, content: bytes, organisation_id: UUID | None = None
) -> Roster:
    """Take in a list (CSV in UTF-8 or GB18030, or .xlsx) for one sitting: every row kept sealed, none entered yet.

    For a school or an employer give `organisation_id`; without it the list is the station's or the office's own. What
    a row tells by itself is judged at once, the rest by `check_rows`. Raises ListUnreadable, NotPermitted, and what
    `sittings` says of a round that is not open.
    """
    sitting = sittings.public_sitting(sitting_id)
    home = _home(actor, sitting, organisation_id)
    gate.check_open(sitting, at)
    keys = ("registration.roster_rows_max", "registration.roster_bytes_max")
    limits = provisions(*keys, on=day_of(at), region_code=sitting.region_code)
    try:
        kind, table = rules.read_file(
            content, rows_at_most=limits[keys[0]].number, bytes_at_most=limits[keys[1]].number
        )
        rows = rules.rows_of(table)
    except NotReadable as problem:
        raise refusals.ListUnreadable(reason=str(problem)) from None
    roster = Roster(
        sitting=sitting,
        organisation_id=home,
        is_through=organisation_id is not None,
        file_name=file_name[-200:],
        file_digest=digests.plain(content),
        encoding=kind,
        total=len(rows),
        staged_at=at,
        staged_by=actor.account_id,
        staged_by_name=actor.name[:60],
    )
    roster.save(force_insert=True)
    RosterRow.objects.bulk_create(_kept(roster, rows, day_of(at)), batch_size=500)
    trail.record(
        actor=actor, action="registration.roster_staged", target=roster, rows=len(rows), digest=roster.file_digest
    )
    return roster


def _home(actor: Actor, sitting: Sitting, organisation_id: UUID | None) -> UUID:
    """Whose list it is. Raises NotPermitted."""
    if organisation_id is not None:
        actor.require("registration.enter", organisation=organisation_id)
        return organisation_id
    if not sittings.may(actor, "registration.enter", sitting):
        raise NotPermitted(power="registration.enter")
    home: UUID = sitting.station.organisation_id
    return home


def _kept(roster: Roster, rows: Sequence[rules.RosterRow], on: date) -> list[RosterRow]:
    """The rows sealed; an empty cell or a number that stands further up is told now, the rest when they are judged."""
    seen: dict[tuple[str, str], int] = {}
    kept = []
    for row in rows:
        made = RosterRow(roster=roster, line=row.line, name=row.values["name"][:100])
        problems = [
            plain_problem(refusals.RowWrong(label=rules.COLUMNS[fault.column], reason=fault.words, field=fault.column))
            for fault in row.faults
        ]
        document = None if problems else _document(row.values, on, [])
        if document is not None:
            made.document_masked = document.masked
            key = (document.kind, document.number)
            if key in seen:
                problems.append(plain_problem(refusals.TwiceInList(line=seen[key])))
            seen.setdefault(key, row.line)
        made.problems = problems
        made.verdict = Verdict.REFUSED if problems else Verdict.WAITING
        made.content_sealed = encryption.seal(
            json.dumps(dict(row.values), ensure_ascii=False).encode(), context=selectors.roster_row_context(made.pk)
        )
        kept.append(made)
    return kept


def plain_problem(refusal: Refusal) -> dict[str, Any]:
    """A refusal as it is kept with a row: the column, the words still translatable, and the clause."""
    column = COLUMN_OF.get(refusal.field, refusal.field)
    return {
        "column": column if column in rules.COLUMNS else "",
        "code": refusal.code,
        "template": type(refusal).message,
        "advice": refusal.advice,
        "facts": {name: value if isinstance(value, int) else str(value) for name, value in refusal.facts.items()},
        "clause": str(refusal.clause),
    }


def _document(values: Mapping[str, str], on: date, problems: list[dict[str, Any]]) -> identity_rules.Document | None:
    kinds = {label: kind for kind, label in identity.KINDS} | {kind: kind for kind, _label in identity.KINDS}
    given = values.get("document_kind", "")
    try:
        return identity_rules.parse_document(kinds.get(given or "resident", given), values["document_number"], on)
    except identity_rules.Fault as fault:
        problems.append(plain_problem(refusal_of(fault)))
    return None


@dataclass(slots=True)
class _Read:
    """A row as it can be entered."""

    row: RosterRow
    document: identity_rules.Document
    name: str
    phone: str
    person: Person | None
    application: batches.Application
    typed_old: bool = False

    @property
    def person_id(self) -> UUID:
        """The known person's id; for somebody new the row's own, which nobody bears."""
        return self.person.pk if self.person else self.row.pk

    @property
    def applicant(self) -> batches.Applicant:
        """The known person, or somebody not entered yet."""
        region = self.person.region_code if self.person else self.application.residence_code
        return batches.Applicant(self.person_id, self.name, region)


class _Reader:
    """Reads the sealed rows of one list; places are looked up once."""

    def __init__(self, roster: Roster, offer: Offer, at: datetime) -> None:
        self.roster, self.offer, self.on = roster, offer, day_of(at)
        self.places: dict[str, str] = {}
        self.sources = {label: code for code, label in selectors.SOURCES.items()} | {
            code: code for code in selectors.SOURCES
        }

    def read(self, row: RosterRow) -> tuple[_Read | None, list[dict[str, Any]]]:
        """The row as it can be entered, or every reason why it cannot be read."""
        values = selectors.roster_row_values(row)
        problems: list[dict[str, Any]] = []
        document = _document(values, self.on, problems)
        name = self._fault_or(identity_rules.normalise_name, values["name"], problems)
        phone = values.get("phone", "")
        phone = self._fault_or(identity_rules.parse_phone, phone, problems) if phone else ""
        residence = self._place("residence", values, problems)
        employer_place = self._place("employer_place", values, problems)
        source = self._source(values, problems)
        code = rules.condition_code_of(values["condition_code"])
        person = identity.by_document(document.kind, document.number) if document else None
        if person is not None and name and person.name != name:
            problems.append(plain_problem(refusals.NameDiffers()))
        if problems or document is None:
            return None, problems
        claim = rules.claim_of(
            values,
            kinds=selectors.condition_kinds(self.offer, code),
            occupation_code=self.offer.round.occupation_code,
        )
        application = batches.Application(
            person_id=person.pk if person else row.pk,
            condition_code=code,
            facts=claim,
            residence_code=residence,
            employer=values.get("employer", "") or (str(self.roster.organisation) if self.roster.is_through else ""),
            employer_code=employer_place,
            source=source,
        )
        typed = "".join(values["document_number"].split())
        return _Read(row, document, name, phone, person, application, typed_old=len(typed) == 15), []

    def _fault_or(self, rule: Any, text: str, problems: list[dict[str, Any]]) -> str:
        try:
            return str(rule(text))
        except identity_rules.Fault as fault:
            problems.append(plain_problem(refusal_of(fault)))
        return ""

    def _place(self, field: str, values: Mapping[str, str], problems: list[dict[str, Any]]) -> str:
        typed = values.get(field, "")
        if not typed:
            return ""
        if typed not in self.places:
            found = regions.search(typed, limit=6)
            exact = [each for each in found if typed in {each.code, each.name, regions.name_of(each.code)}] or found
            self.places[typed] = exact[0].code if len(exact) == 1 else ""
        if not self.places[typed]:
            problems.append(plain_problem(refusals.PlaceUnclear(given=typed, field=field)))
        return self.places[typed]

    def _source(self, values: Mapping[str, str], problems: list[dict[str, Any]]) -> str:
        typed = values.get("source", "")
        if not typed:
            return "school" if self.roster.is_through and self.roster.organisation.kind == "college" else "society"
        if typed not in self.sources:
            problems.append(plain_problem(refusals.SourceUnknown(given=typed)))
        return self.sources.get(typed, "")


@command
def check_rows(*, actor: Actor, at: datetime, roster_id: UUID, count: int = CHUNK) -> Roster:
    """Judge the next `count` rows against persons known, the conditions and the round; after the last it is staged.

    Nothing enters. Safe to leave and to take up again; two at once wait for each other. Raises WrongState.
    """
    roster = _locked(actor, roster_id)
    state = ROSTER.after("finish", roster.state)
    waiting = RosterRow.objects.filter(roster=roster, verdict=Verdict.WAITING).order_by("line")
    rows = list(waiting[:count])
    offer = selectors.offer(roster.sitting)
    reader = _Reader(roster, offer, at)
    readings = [reader.read(row) for row in rows]
    facts = gate.known(offer, [read.person_id for read, _problems in readings if read], at)
    for row, (read, problems) in zip(rows, readings, strict=True):
        row.problems = problems
        if read is not None:
            row.warnings = _warnings(read)
            try:
                _judged(actor, at, offer, roster, read, facts)
            except Refusal as refusal:
                row.problems = [plain_problem(refusal)]
        row.verdict = Verdict.REFUSED if row.problems else Verdict.WARNED if row.warnings else Verdict.GOOD
    RosterRow.objects.bulk_update(rows, ["problems", "warnings", "verdict"], batch_size=500)
    if not waiting.exists():
        roster.state = state
        roster.save(update_fields=["state"])
    trail.record(actor=actor, action="registration.roster_checked", target=roster, rows=len(rows))
    return roster


def _judged(actor: Actor, at: datetime, offer: Offer, roster: Roster, read: _Read, facts: gate.Known) -> Registration:
    through = roster.organisation_id if roster.is_through else None
    return batches.judged(actor, at, offer, read.application, read.applicant, facts, through=through)


def _warnings(read: _Read) -> list[dict[str, Any]]:
    found: list[tuple[str, dict[str, Any]]] = []
    if read.person is not None:
        template = (
            _("旧的十五位号码：与已登记的 {masked} 是同一人，使用已有记录")
            if read.typed_old
            else _("此人已登记过（{masked}），使用已有记录")
        )
        found.append((template, {"masked": read.person.document_masked}))
    if read.document.warning == "address-unknown":
        found.append((_("号码前六位不是任何年代的行政区划代码，请人工核对证件"), {}))
    return [{"column": "document_number", "template": template, "facts": facts} for template, facts in found]


@command
def recheck_roster(*, actor: Actor, at: datetime, roster_id: UUID) -> Roster:
    """Judge a staged list anew from its first row, because something has changed."""
    roster = _locked(actor, roster_id)
    roster.state = ROSTER.after("recheck", roster.state)
    roster.save(update_fields=["state"])
    again = RosterRow.objects.filter(roster=roster).exclude(problems__contains=[{"code": "registration.TwiceInList"}])
    again.exclude(problems__contains=[{"code": "registration.RowWrong"}]).update(verdict=Verdict.WAITING)
    trail.record(actor=actor, action="registration.roster_rechecked", target=roster)
    return roster


@command
def commit_roster(*, actor: Actor, at: datetime, roster_id: UUID) -> Roster:
    """Enter every good row at once: new persons, applications submitted, places claimed together; or nothing at all.

    Everything is judged once more; when a row no longer passes, ListStale names it and nothing enters. Two who commit
    at once: one enters the list, the other gets WrongState. Raises RoundFull, RoundClosed, NothingInList.
    """
    roster = _locked(actor, roster_id)
    state = ROSTER.after("commit", roster.state)
    gate.check_open(roster.sitting, at)
    rows = list(RosterRow.objects.filter(roster=roster, verdict__in=[Verdict.GOOD, Verdict.WARNED]).order_by("line"))
    if not rows:
        raise refusals.NothingInList
    offer = selectors.offer(roster.sitting)
    good = _judged_again(actor, at, offer, roster, rows)
    batches.enter(actor, at, good)
    sitting_services.claim_place(actor=actor, at=at, sitting_id=roster.sitting_id, count=len(good))
    for row, registration in zip(rows, good, strict=True):
        row.registration = registration
    RosterRow.objects.bulk_update(rows, ["registration"], batch_size=500)
    roster.state, roster.committed_at, roster.committed_by_name = state, at, actor.name[:60]
    roster.save(update_fields=["state", "committed_at", "committed_by_name"])
    trail.record(actor=actor, action="registration.roster_committed", target=roster, entered=len(good))
    return roster


def _judged_again(
    actor: Actor, at: datetime, offer: Offer, roster: Roster, rows: Sequence[RosterRow]
) -> list[Registration]:
    """The applications of the rows, their new persons entered. Raises ListStale."""
    reader = _Reader(roster, offer, at)
    readings = [reader.read(row)[0] for row in rows]
    facts = gate.known(offer, [read.person_id for read in readings if read], at)
    good: list[Registration] = []
    stale: list[int] = []
    for row, read in zip(rows, readings, strict=True):
        try:
            if read is None:
                raise NotFound
            registration = _judged(actor, at, offer, roster, read, facts)
            if read.person is None:
                registration.person_id = _entered(actor, at, roster, read).pk
            registration.roster = roster
            good.append(registration)
        except Refusal:
            stale.append(row.line)
    if stale:
        shown = "、".join(map(str, stale[:10])) + ("…" if len(stale) > 10 else "")
        raise refusals.ListStale(lines=shown)
    return good


def _entered(actor: Actor, at: datetime, roster: Roster, read: _Read) -> Person:
    return identity_services.enter_person(
        actor=actor,
        at=at,
        name=read.name,
        document_kind=read.document.kind,
        document_number=read.document.number,
        phone=read.phone,
        region_code=read.application.residence_code,
        organisation_id=roster.organisation_id,
    )


@command
def discard_roster(*, actor: Actor, at: datetime, roster_id: UUID) -> Roster:
    """Give a list up: what was written in its rows is emptied, the count of its rows stays."""
    roster = _locked(actor, roster_id)
    roster.state, roster.discarded_at = ROSTER.after("discard", roster.state), at
    roster.save(update_fields=["state", "discarded_at"])
    RosterRow.objects.filter(roster=roster).update(content_sealed=None, name="", document_masked="")
    trail.record(actor=actor, action="registration.roster_discarded", target=roster, rows=roster.total)
    return roster


@command
def take_refused_rows(*, actor: Actor, at: datetime, roster_id: UUID) -> tuple[list[str], list[list[str]]]:
    """The refused rows as they were written, header first, the reasons in the last column: to mend and upload again.

    The numbers are in the clear, as their sender wrote them; each taking leaves a line in the trail.
    """
    roster = _locked(actor, roster_id)
    rows = RosterRow.objects.filter(roster=roster, verdict=Verdict.REFUSED, content_sealed__isnull=False)
    written = [(row, selectors.roster_row_values(row)) for row in rows.order_by("line")]
    fields = [field for field in rules.COLUMNS if any(field in values for _row, values in written)]
    lines = [
        [
            *(values.get(field, "") for field in fields),
            "；".join(selectors.problem_words(each) for each in row.problems),
        ]
        for row, values in written
    ]
    trail.record(actor=actor, action="registration.roster_rows_taken", target=roster, rows=len(lines))
    return [*(rules.COLUMNS[field] for field in fields), rules.REASON], lines


def _locked(actor: Actor, roster_id: UUID) -> Roster:
    """The list within reach, locked, for whoever may go on with it. Raises NotFound, NotPermitted."""
    found = selectors.rosters_for(actor).select_for_update(of=("self",)).filter(pk=roster_id).first()
    if found is None:
        raise NotFound
    if not policies.may_enter_list(actor, found):
        raise NotPermitted(power="registration.enter")
    found.sitting = sittings.of_id(found.sitting_id)
    return found
