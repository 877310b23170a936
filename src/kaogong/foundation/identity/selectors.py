"""What others may ask about persons. Selectors with `actor` keep to the actor's reach; the few without say for whom."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from kaogong.foundation.audit import selectors as audit
from kaogong.foundation.identity import policies, rules
from kaogong.foundation.identity.models import NameCorrection, Person
from kaogong.foundation.kernel.actors import Actor, service
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.foundation.signing import digests, encryption

DOCUMENT = "identity.person.document"
PHONE = "identity.person.phone"
MAIL = "identity.person.mail"
READER = service("本人查询", "audit.read")
KINDS: tuple[tuple[str, str], ...] = tuple(Person.Document.choices)
SEXES: tuple[tuple[str, str], ...] = tuple(Person.Sex.choices)


@dataclass(frozen=True, slots=True)
class Contact:
    """Where a person can be reached, in the clear: for the sending of notices only."""

    person_id: UUID
    name: str
    phone: str
    mail: str


def context(purpose: str, person_id: UUID) -> str:
    """What a sealed value is bound to: its purpose and its person, so that copied to another row it does not open."""
    return f"{purpose}:{person_id}"


def persons_for(actor: Actor) -> QuerySet[Person]:
    """The persons in the actor's reach, without those merged into another."""
    return Person.objects.filter(policies.visible_to(actor), merged_into__isnull=True)


def get_person(actor: Actor, person_id: UUID) -> Person:
    """The person of that id, or the one it was merged into. Raises NotFound for what is outside the actor's reach."""
    person = persons_for(actor).filter(pk=current(person_id)).first()
    if person is None:
        raise NotFound
    return person


def own_person(actor: Actor) -> Person | None:
    """The person whom the actor has claimed to be, if any."""
    if actor.person_id is None:
        return None
    return Person.objects.filter(pk=current(actor.person_id)).first()


def current(person_id: UUID) -> UUID:
    """The id under which the person lives on: itself, or that of the record it was merged into."""
    merged = Person.objects.filter(pk=person_id).values_list("merged_into_id", flat=True).first()
    return merged or person_id


def all_ids(person_id: UUID) -> list[UUID]:
    """Every id under which older rows may point to this human being: the living one and those merged into it."""
    living = current(person_id)
    return [living, *Person.objects.filter(merged_into_id=living).values_list("pk", flat=True)]


def is_same_human(one: UUID, other: UUID | None) -> bool:
    """Whether two ids stand for one human being, a merge between them or not."""
    return other is not None and (one == other or current(one) == current(other))


def is_human(path: str, person_id: UUID | None) -> Q:
    """Rows whose person at `path` is this one or a record that was merged into it; nothing for None. One query."""
    if person_id is None:
        return Q(pk__in=[])
    return Q(**{path: person_id}) | Q(**{f"{path}__merged_into": person_id})


def by_id(person_ids: Collection[UUID]) -> dict[UUID, Person]:
    """The persons of these ids, keyed by the id asked for; merged ones give the living record.

    Without scope: for modules that have already found rows within the actor's reach and need the names on them.
    """
    found = Person.objects.filter(pk__in=set(person_ids)).select_related("merged_into")
    return {person.pk: person.merged_into or person for person in found}


def digests_of(kind: str, number: str) -> list[str]:
    """The digests under which a canonical document number may stand: one for each key in use."""
    return digests.keyed_by_all(f"{kind}:{number}", purpose=DOCUMENT)


def by_document(kind: str, number: str) -> Person | None:
    """The living person with this canonical number. Without scope: for entering and claiming, never for showing."""
    under = digests_of(kind, number)
    of_kind = Person.objects.filter(document_kind=kind).order_by("pk").values_list("pk", "merged_into_id")
    found = of_kind.filter(document_digest__in=under).first()
    return Person.objects.get(pk=found[1] or found[0]) if found else None


def find_by_document(actor: Actor, kind: str, number: str, *, on: date) -> Person | None:
    """The person with this number as typed, within the actor's reach; None for an unsound or unknown number.

    An old 15-digit number finds the person entered under its 18-character form.
    """
    try:
        document = rules.parse_document(kind, number, on)
    except rules.Fault:
        return None
    person = by_document(document.kind, document.number)
    return persons_for(actor).filter(pk=person.pk).first() if person else None


def search(actor: Actor, text: str) -> QuerySet[Person]:
    """Persons in reach whose name holds the typed characters, in order of name; or whose pinyin begins so.

    Two characters suffice, a single one too; `zs` and `zhangs` both find 张三. Four digits find a document's tail.
    """
    typed = text.strip()
    found = persons_for(actor)
    if not typed:
        return found
    if typed.isascii():
        letters = "".join(typed.lower().split())
        tail = Q(document_masked__endswith=typed.upper()) if len(typed) == 4 else Q(pk__in=[])
        return found.filter(Q(name_pinyin__startswith=letters) | Q(name_initials__startswith=letters) | tail)
    try:
        name = rules.normalise_name(typed)
    except rules.Fault:
        return found.none()
    return found.filter(name_bigrams__contains=rules.bigrams(name))


def name_corrections(actor: Actor, person_id: UUID) -> QuerySet[NameCorrection]:
    """The corrections of a person's name, latest first. Raises NotFound outside the actor's reach."""
    person = get_person(actor, person_id)
    return NameCorrection.objects.filter(person=person).order_by("-corrected_at")


@dataclass(frozen=True, slots=True)
class Renaming:
    """How one name of a person became the present one: on which documents, when last, and by whose accounts."""

    old: str
    new: str
    documents: tuple[str, ...]
    corrected_at: datetime
    account_ids: frozenset[UUID]


def renaming(person_id: UUID, name: str) -> Renaming | None:
    """How `name`, which the person once bore here, became the name in force; None when it is, or nothing proves it.

    Follows the corrections one to the next, under every record of the person. Without scope: for modules that found
    the paper that bears the name within theirs.
    """
    ids = all_ids(person_id)
    now = Person.objects.values_list("name", flat=True).get(pk=ids[0])
    reached, documents, last = name, list[str](), None
    for each in NameCorrection.objects.filter(person__in=ids).order_by("corrected_at", "pk"):
        if each.old_name == reached:
            reached, last = each.new_name, each
            documents.append(each.document)
    if last is None or reached != now or reached == name:
        return None
    lines = audit.entries(actor=READER, action="identity.name_corrected").filter(
        target_id__in=[str(each) for each in ids], is_refused=False
    )
    accounts = frozenset(each for each in lines.values_list("account_id", flat=True) if each)
    return Renaming(name, reached, tuple(documents), last.corrected_at, accounts)


@dataclass(frozen=True, slots=True)
class Revelation:
    """Somebody saw the document number in the clear: who, when, and the reason given."""

    at: datetime
    by: str
    reason: str


def own_revelations(actor: Actor) -> list[Revelation]:
    """Who saw the actor's own document number in the clear, the latest first: everyone may know that of themselves."""
    if actor.person_id is None:
        return []
    ids = [str(person_id) for person_id in all_ids(actor.person_id)]
    lines = audit.entries(actor=READER, action="identity.document_revealed").filter(target_id__in=ids, is_refused=False)
    return [Revelation(line.at, line.actor_name, line.reason) for line in lines.order_by("-at")]


def contact_of(person_id: UUID) -> Contact | None:
    """The person's contacts in the clear. Without scope: for `notices`, which shows only masked ones."""
    person = Person.objects.filter(pk=current(person_id)).first()
    if person is None:
        return None
    phone = _open(person.phone_sealed, context(PHONE, person.pk))
    mail = _open(person.mail_sealed, context(MAIL, person.pk))
    return Contact(person.pk, person.name, phone, mail)


def _open(sealed: bytes | memoryview | None, bound_to: str) -> str:
    return encryption.open_sealed(bytes(sealed), context=bound_to).decode() if sealed else ""


def canonical_phone(text: str) -> str:
    """A phone number in the form under which it is compared (`+8613…`); empty when it is none."""
    try:
        return rules.parse_phone(text)
    except rules.Fault:
        return ""


def canonical_mail(text: str) -> str:
    """A mail address in the form under which it is compared; empty when it is none."""
    try:
        return rules.parse_mail(text)
    except rules.Fault:
        return ""


def masked_phone(phone: str) -> str:
    """How a canonical phone number looks when masked."""
    return rules.mask_phone(phone)


def masked_mail(mail: str) -> str:
    """How a canonical mail address looks when masked."""
    return rules.mask_mail(mail)


def matching(kind: str, number: str, name: str, *, on: date) -> Person | None:
    """The living person whose document and name both are as typed; None alike for whatever does not fit.

    Without scope: for claiming a record. Names are compared in their canonical form.
    """
    try:
        document = rules.parse_document(kind, number, on)
        canonical = rules.normalise_name(name)
    except rules.Fault:
        return None
    person = by_document(document.kind, document.number)
    return person if person is not None and person.name == canonical else None
