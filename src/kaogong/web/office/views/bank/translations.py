"""Language versions: how far each language has come, one item side by side with its translation, jobs as files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kaogong.foundation.kernel.refusals import Refusal
from kaogong.itembank import selectors, services
from kaogong.occupations import selectors as occupations
from kaogong.web.office.listing import export, page_of, sorted_by, tell
from kaogong.web.office.views.bank.words import TRANSLATION_KIND, banks_of, split, type_name
from kaogong.web.ui.formats import level_name
from kaogong.web.ui.requests import ActorRequest, grave, needs
from kaogong.web.ui.shapes import Filter

READ = ("itembank.view", "itembank.write", "itembank.review", "itembank.approve")
DEEDS: Mapping[str, tuple[str, Callable[..., object]]] = {
    "edit": ("itembank.review", services.edit_translation),
    "proofread": ("itembank.review", services.proofread_translation),
    "approve": ("itembank.approve", services.approve_translation),
    "return": ("itembank.review", services.return_translation),
    "retire": ("itembank.approve", services.retire_translation),
}
"""The moves that a page offers on a translation: the power each asks for, and the service."""
WORDED = frozenset({"edit", "proofread"})
"""Moves that may carry bettered words."""


class TranslationForm(forms.Form):
    """The parts of an item in another language, as many as the Chinese has; each as that language runs."""

    note = forms.CharField(label=gettext_lazy("意见"), max_length=300, required=False)

    def __init__(self, *args: Any, source: selectors.ItemContent, language: selectors.Language, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.source = source
        for part, _text in selectors.parts_of(source):
            attrs = {"lang": language.tag, "dir": language.direction, "class": "tongue", "spellcheck": "false"}
            rows = {selectors.STEM: 3, selectors.EXPLANATION: 3}.get(part, 1)
            self.fields[part.lower()] = forms.CharField(
                label=_(selectors.PART_NAMES[part]),
                required=part == selectors.STEM,
                widget=forms.Textarea(attrs={**attrs, "rows": rows}),
            )

    def said(self) -> selectors.Translated:
        """What was entered."""
        parts = {part: self.cleaned_data.get(part.lower(), "") for part, _text in selectors.parts_of(self.source)}
        return selectors.Translated.of_parts(parts, self.source)


class JobForm(forms.Form):
    """The file of a translation job, and its language."""

    language = forms.ChoiceField(
        label=gettext_lazy("语言"), choices=[(tag, each.name) for tag, each in selectors.LANGUAGES.items()]
    )
    file = forms.FileField(
        label=gettext_lazy("翻译任务文件"),
        help_text=gettext_lazy("由本页导出、填好“译文”一列的 Excel 文件（.xlsx），或另存的 CSV。"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )


@require_safe
@needs(*READ)
def index(request: ActorRequest) -> HttpResponse:
    """The languages with their progress, and the items of one of them by state; never what they say."""
    place = split(request.GET.get("bank", ""))
    progress = selectors.progress_for(request.actor, *(place or ("", None)))
    language = selectors.LANGUAGES.get(request.GET.get("language", ""))
    if language is None:
        language = max(progress, key=lambda each: (each.approved + each.at_work, each.language.tag == "ug")).language
    state = request.GET.get("state", "")
    states = {selectors.UNTRANSLATED: "未翻译", **selectors.TRANSLATION.states, selectors.STALE: "原题已修订"}
    states.pop("retired")
    rows = selectors.translatable_for(request.actor, language.tag, state=state if state in states else "")
    if place is not None:
        rows = rows.filter(item__occupation_code=place[0], item__level=place[1])
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(item__number__icontains=text) | rows.filter(item__point__name__icontains=text)
    page = page_of(request, sorted_by(request, rows, {"number": "item__number"}), per_page=30)
    banks = banks_of(request.actor)
    context = {
        "progress": progress,
        "language": language,
        "page": page,
        "cells": [_cell(row) for row in page],
        "filters": [
            Filter("bank", _("题库"), banks),
            Filter("language", _("语言"), [(tag, _(each.name)) for tag, each in selectors.LANGUAGES.items()]),
            Filter("state", _("状态"), [(key, _(name)) for key, name in states.items()]),
        ],
        "banks": banks,
        "bank": request.GET.get("bank", ""),
        "may_write": request.actor.holds("itembank.write"),
        "may_open": any(request.actor.holds(power) for power in READ),
    }
    return render(request, "office/bank/translations.html", context)


def _cell(row: Any) -> dict[str, object]:
    states = {selectors.UNTRANSLATED: "未翻译", **selectors.TRANSLATION.states}
    return {
        "item": row.item,
        "bank": f"{occupations.name_of(row.item.occupation_code)} {level_name(row.item.level)}",
        "type": type_name(row.type),
        "kind": TRANSLATION_KIND[row.translated],
        "word": _(states[row.translated]),
        "is_outdated": row.is_outdated,
    }


@require_http_methods(["GET", "POST"])
@needs(*READ)
def editor(request: ActorRequest, item_id: UUID, language: str) -> HttpResponse:
    """The Chinese beside the translation; opening them leaves a line. The button says what is done with the words."""
    seen = services.view_translation(actor=request.actor, at=now(), item_id=item_id, language=language)
    row, verb = seen.translation, request.POST.get("verb", "")
    initial = {part.lower(): text for part, text in selectors.parts_of(seen.said)} if seen.said else {}
    if row is not None:
        initial["note"] = row.note
    form = TranslationForm(request.POST or None, initial=initial, source=seen.source, language=seen.language)
    if request.method == "POST":
        if verb not in {"write", *DEEDS}:
            raise Http404
        if verb in {"write", *WORDED} and not form.is_valid():
            return _editor(request, seen, form)
        form.is_valid()
        try:
            _do(request, seen, form, verb)
            return redirect("office:translation", item_id=item_id, language=language)
        except services.TranslationFaulty as refusal:
            for problem in refusal.problems:
                words = _(problem.message).format(**problem.facts)
                form.add_error(problem.field if problem.field in form.fields else None, words)
        except Refusal as refusal:
            tell(form, refusal)
    return _editor(request, seen, form)


def _do(request: ActorRequest, seen: services.TranslationView, form: TranslationForm, verb: str) -> None:
    deed: dict[str, Any] = {"actor": request.actor, "at": now()}
    if verb == "write":
        services.translate_item(
            **deed,
            item_id=seen.item.pk,
            language=seen.language.tag,
            said=form.said(),
            version=_number(request.POST.get("version", "")),
        )
        return
    if seen.translation is None:
        raise Http404
    deed |= {"translation_id": seen.translation.pk, "note": form.cleaned_data.get("note", "")}
    if verb in WORDED:
        deed["said"] = form.said()
    DEEDS[verb][1](**deed)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else None


def _editor(request: ActorRequest, seen: services.TranslationView, form: TranslationForm) -> HttpResponse:
    actor, row = request.actor, seen.translation
    state = row.state if row else selectors.TRANSLATION.initial
    moves = [move for move in selectors.TRANSLATION.open_to(state) if row is not None or move.verb == "write"]
    offered = [
        (move.verb, _(move.label))
        for move in moves
        if actor.holds("itembank.write" if move.verb == "write" else DEEDS[move.verb][0])
    ]
    worded = {"write", *WORDED} & {verb for verb, _label in offered}
    said = dict(selectors.parts_of(seen.said)) if seen.said else {}
    parts = [
        (_(selectors.PART_NAMES[part]), text, form[part.lower()], said.get(part, ""))
        for part, text in selectors.parts_of(seen.source)
    ]
    context = {
        "seen": seen,
        "item": seen.item,
        "language": seen.language,
        "form": form,
        "parts": parts,
        "type": type_name(seen.source.type),
        "bank": f"{occupations.name_of(seen.item.occupation_code)} {level_name(seen.item.level)}",
        "kind": TRANSLATION_KIND[row.state if row else selectors.UNTRANSLATED],
        "word": _(selectors.TRANSLATION.states[row.state]) if row else _("未翻译"),
        "missing": [(_(selectors.PART_NAMES[part]), figure) for part, figure in seen.missing],
        "moves": offered,
        "is_open": bool(worded),
        "hands": _hands(row) if row else [],
    }
    return render(request, "office/bank/translation.html", context, status=422 if form.errors else 200)


def _hands(row: Any) -> list[tuple[str, str, object]]:
    """Who did what and when, in the order of the work; "" where it is still to do."""
    return [
        (_("翻译"), row.translator, row.translated_at),
        (_("编辑"), row.editor, row.edited_at),
        (_("校对"), row.proofreader, row.proofread_at),
        (_("审定"), row.reviewer, row.reviewed_at),
    ]


@require_POST
@needs("itembank.write")
@grave
def job(request: ActorRequest) -> HttpResponse:
    """What is untranslated in a bank, as a file for a translator; the trail says who took it out."""
    place = split(request.POST.get("bank", ""))
    language = request.POST.get("language", "")
    if place is None:
        raise Http404
    rows = services.export_job(
        actor=request.actor, at=now(), language=language, occupation_code=place[0], level=place[1]
    )
    return export("xlsx", f"translation-{language}-{localdate():%Y%m%d}", selectors.JOB_HEADS, rows, as_text=True)


@require_http_methods(["GET", "POST"])
@needs("itembank.write")
def take_in(request: ActorRequest) -> HttpResponse:
    """Take a filled-in job in: all of it, or a list of what is wrong with it."""
    form = JobForm(request.POST or None, request.FILES or None, initial={"language": request.GET.get("language", "ug")})
    problems: list[tuple[int, str]] = []
    if request.method == "POST" and form.is_valid():
        language = form.cleaned_data["language"]
        try:
            rows = selectors.job_rows(bytes(form.cleaned_data["file"].read()), localdate())
            services.import_job(actor=request.actor, at=now(), language=language, rows=rows)
            return redirect(f"{request.path.removesuffix('import/')}?language={language}&state=translating")
        except selectors.NotReadableFile as problem:
            form.add_error("file", _(problem.message).format(**problem.facts))
        except services.JobFaulty as refusal:
            problems = [(line, _(each.message).format(**each.facts)) for line, each in refusal.problems]
            tell(form, refusal)
        except Refusal as refusal:
            tell(form, refusal)
    context = {"form": form, "problems": problems}
    return render(request, "office/bank/translation_import.html", context, status=422 if form.errors else 200)
