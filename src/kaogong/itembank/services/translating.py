"""Language versions of items: translated, edited, proofread, reviewed; and translation jobs as files.

Who reviews a language version has written none of it. A job's file carries the questions out of the bank in clear:
both ways leave a line in the trail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from kaogong.foundation.documents.fonts import missing_glyphs
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, Refusal
from kaogong.itembank import policies, sealing, selectors
from kaogong.itembank.models import Item, ItemTranslation, ItemVersion
from kaogong.itembank.rules.items import ItemContent
from kaogong.itembank.rules.languages import LANGUAGES, Language
from kaogong.itembank.rules.problems import Problem
from kaogong.itembank.rules.translations import (
    PART_NAMES,
    JobUnreadable,
    Translated,
    figures_missing,
    parts_of,
    problems_of_translation,
    read_job,
)
from kaogong.itembank.selectors import translations
from kaogong.itembank.services.items import RULES, SealedUntilUsed, locked
from kaogong.itembank.states import TRANSLATION
from kaogong.regulations import selectors as regulations

CLAUSE = Clause(RULES, "language-versions")


class TranslationFaulty(Refusal):
    """The language version lacks its stem or an option, is too long, or is not in the letters of its language."""

    message = _("译文不合要求：{first}（共 {count} 处）。")
    advice = _("请改正后再保存。")
    clause = CLAUSE

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(first=str(problems[0]), count=len(problems), field=problems[0].field)
        self.problems = list(problems)


class NotSettled(Refusal):
    """Only an item that passed its final review is translated."""

    message = _("试题 {number} 还没有通过终审，或已冻结、淘汰，不能翻译。")
    advice = _("请等原题终审通过后再翻译。")
    clause = CLAUSE


class SourceRevised(Refusal):
    """The item has a newer version than the one translated."""

    message = _("试题 {number} 已修订为第 {latest} 版，这份译文译的是第 {version} 版。")
    advice = _("请打开新一版，对照修改译文后重新送审；旧译文仍供已封存的试卷使用。")
    clause = CLAUSE


class OwnTranslation(Refusal):
    """Who wrote it does not pass it."""

    message = _("您已是这份译文的{role}，不能再担任{wanted}。")
    advice = _("请由另一位通晓该语言的专家办理；审定人不得是翻译、编辑或校对人。")
    clause = CLAUSE


class TranslationReturnedWithoutReason(Refusal):
    """Who sends a translation back, or takes it out of use, says why."""

    message = _("退回或停用译文须写明意见。")
    clause = CLAUSE
    field = "note"


class JobFaulty(Refusal):
    """The file of a translation job is not as it should be: nothing of it was taken in."""

    message = _("翻译任务文件有 {count} 处问题，全部没有入库：{first}")
    advice = _("请按清单改好文件，再整份导入。")
    clause = CLAUSE
    field = "file"

    def __init__(self, problems: Sequence[tuple[int, Problem]]) -> None:
        line, first = problems[0]
        super().__init__(count=len(problems), first=f"第 {line} 行，{first}")
        self.problems = list(problems)


@dataclass(frozen=True, slots=True)
class TranslationView:
    """An item opened beside its language version.

    `said` is the version's own text, or that of an older version (`is_carried`), or None; `missing` are figures of the
    source that the text lacks.
    """

    item: Item
    version: ItemVersion
    source: ItemContent
    language: Language
    translation: ItemTranslation | None
    said: Translated | None
    is_carried: bool
    missing: list[tuple[str, str]]


@command
def view_translation(*, actor: Actor, at: datetime, item_id: UUID, language: str) -> TranslationView:
    """Open an item and its language version side by side; a line in the trail says who did.

    Raises NotFound, NotPermitted, SealedUntilUsed.
    """
    item = selectors.item(actor, item_id)
    _known(language)
    if not any(actor.holds(power) for power in policies.READERS):
        raise NotPermitted(power="itembank.view")
    if not selectors.may_open(actor, item):
        raise SealedUntilUsed
    version = selectors.current_version(item)
    source = sealing.open_item(version.content_sealed, version_id=version.pk)
    found = translations.open_translation_of(version, language)
    shown = found or translations.earlier_translation_of(item, language)
    said = sealing.open_translation(shown.content_sealed, translation_id=shown.pk) if shown else None
    trail.record(
        actor=actor, action="itembank.translation_viewed", target=item, version=version.version, language=language
    )
    missing = figures_missing(source, said) if said else []
    return TranslationView(
        item, version, source, LANGUAGES[language], found, said, found is None and said is not None, missing
    )


@command
def translate_item(
    *, actor: Actor, at: datetime, item_id: UUID, language: str, said: Translated, version: int | None = None
) -> ItemTranslation:
    """Write the language version of an item's newest version, or write it anew while it is being translated.

    Two at once: the item is locked, the second writes over the first, and the trail has both. With `version` it says
    which version was translated, and is refused when the item was revised meanwhile.
    Raises NotFound, NotPermitted, NotSettled, SourceRevised, TranslationFaulty, WrongState.
    """
    return _write(actor, at, locked(actor, item_id), language, said, version)


def _write(
    actor: Actor, at: datetime, item: Item, language: str, said: Translated, version: int | None
) -> ItemTranslation:
    _known(language)
    if item.state not in translations.SETTLED:
        raise NotSettled(number=item.number)
    current = selectors.current_version(item)
    if version is not None and version != current.version:
        raise SourceRevised(number=item.number, latest=current.version, version=version)
    found = translations.open_translation_of(current, language)
    row = found or _new(actor, current, language)
    actor.require("itembank.write", region=row.region_code, organisation=row.organisation_id)
    row.state = TRANSLATION.after("write", row.state)
    _put(row, said, at)
    row.translator, row.translator_key, row.translated_at = actor.name, selectors.person_key(actor), at
    row.editor = row.editor_key = row.proofreader = row.proofreader_key = ""
    row.edited_at = row.proofread_at = None
    row.save(force_insert=found is None)
    trail.record(
        actor=actor,
        action="itembank.translation_written",
        target=item,
        version=current.version,
        language=language,
        digest=row.digest,
    )
    return row


def _new(actor: Actor, version: ItemVersion, language: str) -> ItemTranslation:
    """A translation at the writer's body, not saved: a province may translate the national bank."""
    home = policies.home_of(actor, "itembank.write")
    return ItemTranslation(
        version=version, language=language, region_code=home.region_code, organisation_id=home.organisation_id
    )


def _put(row: ItemTranslation, said: Translated, at: datetime) -> None:
    """Judge a text and seal it into the row."""
    source = sealing.open_item(row.version.content_sealed, version_id=row.version_id)
    limits = translations.translation_limits(timezone.localdate(at))
    problems = problems_of_translation(source, said, language=LANGUAGES[row.language], limits=limits)
    if missing := missing_glyphs("".join((said.stem, *said.options, said.explanation))):
        problems.append(Problem("stem", _("没有字体能显示这些字：{marks}"), {"marks": " ".join(missing[:8])}))
    if problems:
        raise TranslationFaulty(problems)
    row.content_sealed = sealing.seal_translation(said, translation_id=row.pk)
    row.digest = sealing.digest_of_translation(said)


@command
def edit_translation(
    *, actor: Actor, at: datetime, translation_id: UUID, said: Translated | None = None, note: str = ""
) -> ItemTranslation:
    """Pass a translation as its editor, who may better its words; not the translator.

    Raises NotFound, NotPermitted, WrongState, OwnTranslation, SourceRevised, TranslationFaulty.
    """
    row = _locked(actor, translation_id, "itembank.review")
    row.state = TRANSLATION.after("edit", row.state)
    _current(row)
    _others(actor, "编辑", {"翻译": row.translator_key})
    if said is not None:
        _put(row, said, at)
    row.editor, row.editor_key, row.edited_at, row.note = actor.name, selectors.person_key(actor), at, note
    return _kept(actor, row, "itembank.translation_edited")


@command
def proofread_translation(
    *, actor: Actor, at: datetime, translation_id: UUID, said: Translated | None = None, note: str = ""
) -> ItemTranslation:
    """Pass an edited translation as its proofreader, against the Chinese; slips of the pen may be put right.

    Raises NotFound, NotPermitted, WrongState, SourceRevised, TranslationFaulty.
    """
    row = _locked(actor, translation_id, "itembank.review")
    row.state = TRANSLATION.after("proofread", row.state)
    _current(row)
    if said is not None:
        _put(row, said, at)
    row.proofreader, row.proofreader_key, row.proofread_at, row.note = actor.name, selectors.person_key(actor), at, note
    return _kept(actor, row, "itembank.translation_proofread")


@command
def approve_translation(*, actor: Actor, at: datetime, translation_id: UUID, note: str = "") -> ItemTranslation:
    """Approve a language version (审定): from now on papers carry it, and it is fixed.

    The reviewer wrote none of it. Raises NotFound, NotPermitted, WrongState, SourceRevised, OwnTranslation.
    """
    row = _locked(actor, translation_id, "itembank.approve")
    row.state = TRANSLATION.after("approve", row.state)
    _current(row)
    _others(actor, "审定人", {"翻译": row.translator_key, "编辑": row.editor_key, "校对": row.proofreader_key})
    row.reviewer, row.reviewer_key, row.reviewed_at, row.note = actor.name, selectors.person_key(actor), at, note
    return _kept(actor, row, "itembank.translation_approved")


@command
def return_translation(*, actor: Actor, at: datetime, translation_id: UUID, note: str) -> ItemTranslation:
    """Send a translation back to be written anew, with the reason. Raises TranslationReturnedWithoutReason."""
    row = _locked(actor, translation_id, "itembank.review", "itembank.approve")
    row.state = TRANSLATION.after("return", row.state)
    if not note.strip():
        raise TranslationReturnedWithoutReason
    row.note = note
    return _kept(actor, row, "itembank.translation_returned")


@command
def retire_translation(*, actor: Actor, at: datetime, translation_id: UUID, note: str) -> ItemTranslation:
    """Take a language version out of use, with the reason: the item is asked in Chinese, until there is a new one.

    Copies of papers that were delivered before keep it.
    """
    row = _locked(actor, translation_id, "itembank.approve")
    row.state = TRANSLATION.after("retire", row.state)
    if not note.strip():
        raise TranslationReturnedWithoutReason
    row.note = note
    return _kept(actor, row, "itembank.translation_retired")


@command
def export_job(
    *, actor: Actor, at: datetime, language: str, occupation_code: str, level: int
) -> list[tuple[str, str, str, str, str, str]]:
    """The rows of a translation job: every part of each item of a bank that has no translation, in clear.

    Columns as `JOB_HEADS`; where an older version was translated its text is there to start from. The trail says who
    took how many items out. A job holds as many items as may be exported at once, the first by number; the next job has
    the rest. Raises NotPermitted.
    """
    _known(language)
    home = policies.home_of(actor, "itembank.write")
    actor.require("itembank.write", region=home.region_code, organisation=home.organisation_id)
    wanted = translations.translatable_for(actor, language, state=translations.UNTRANSLATED).filter(
        item__occupation_code=occupation_code, item__level=level
    )
    wanted = wanted.filter(item__in=Item.objects.filter(policies.may_be_opened_by(actor)))
    rows: list[tuple[str, str, str, str, str, str]] = []
    day = timezone.localdate(at)
    limit = regulations.provision("itembank.export_items_at_most", on=day, occupation_code=occupation_code).value
    found = ItemVersion.objects.filter(pk__in=wanted.values("pk")).select_related("item").order_by("item__number")
    versions = list(found[:limit])
    for version in versions:
        source = sealing.open_item(version.content_sealed, version_id=version.pk)
        earlier = translations.earlier_translation_of(version.item, language)
        before = (
            dict(parts_of(sealing.open_translation(earlier.content_sealed, translation_id=earlier.pk)))
            if earlier
            else {}
        )
        rows += [
            (str(version.pk), version.item.number, language, PART_NAMES[part], text, before.get(part, ""))
            for part, text in parts_of(source)
        ]
    trail.record(
        actor=actor,
        action="itembank.translation_job_exported",
        language=language,
        occupation=occupation_code,
        level=level,
        items=len(versions),
    )
    return rows


@command
def import_job(
    *, actor: Actor, at: datetime, language: str, rows: Sequence[tuple[int, Sequence[str]]]
) -> list[ItemTranslation]:
    """Take in a translation job, every item that holds a translation, or none of them when anything is wrong.

    Raises JobFaulty with all problems and their lines, NotPermitted.
    """
    _known(language)
    home = policies.home_of(actor, "itembank.write")
    actor.require("itembank.write", region=home.region_code, organisation=home.organisation_id)
    try:
        job = read_job(rows, language)
    except JobUnreadable as problem:
        raise JobFaulty([(1, Problem("file", str(problem)))]) from problem
    if not job:
        raise JobFaulty([(1, Problem("file", _("文件里没有译文")))])
    problems: list[tuple[int, Problem]] = []
    made: list[ItemTranslation] = []
    for version_id, parts in job.items():
        line = parts[0].line
        version = _version_named(actor, version_id)
        if version is None:
            problems.append((line, Problem("file", _("题库里没有这个标识的试题"))))
            continue
        try:
            item = locked(actor, version.item_id)
            source = sealing.open_item(version.content_sealed, version_id=version.pk)
            said = Translated.of_parts({each.part: each.text for each in parts}, source)
            made.append(_write(actor, at, item, language, said, version.version))
        except TranslationFaulty as refusal:
            problems += [(line, each) for each in refusal.problems]
        except Refusal as refusal:
            problems.append((line, Problem("file", str(refusal))))
    if problems:
        raise JobFaulty(problems)
    trail.record(actor=actor, action="itembank.translation_job_imported", language=language, items=len(made))
    return made


def _version_named(actor: Actor, text: str) -> ItemVersion | None:
    try:
        version_id = UUID(text)
    except ValueError:
        return None
    return ItemVersion.objects.filter(pk=version_id, item__in=selectors.items_for(actor).order_by()).first()


def _known(language: str) -> None:
    if language not in LANGUAGES:
        raise NotFound


def _locked(actor: Actor, translation_id: UUID, *powers: str) -> ItemTranslation:
    """The translation, its item locked first, so that a revision cannot come between."""
    found = translations.translations_for(actor).filter(pk=translation_id).first()
    if found is None:
        raise NotFound
    locked(actor, found.version.item_id)
    if not any(actor.may(each, region=found.region_code, organisation=found.organisation_id) for each in powers):
        raise NotPermitted(power=powers[0])
    return ItemTranslation.objects.select_related("version__item").get(pk=found.pk)


def _current(row: ItemTranslation) -> None:
    version = row.version
    if version.version != version.item.latest:
        raise SourceRevised(number=version.item.number, latest=version.item.latest, version=version.version)


def _others(actor: Actor, wanted: str, roles: Mapping[str, str]) -> None:
    me = selectors.person_key(actor)
    for role, key in roles.items():
        if key == me:
            raise OwnTranslation(role=role, wanted=wanted)


def _kept(actor: Actor, row: ItemTranslation, action: str) -> ItemTranslation:
    row.save()
    trail.record(
        actor=actor,
        action=action,
        target=row.version.item,
        version=row.version.version,
        language=row.language,
        digest=row.digest,
        reason=row.note,
    )
    return row
