"""Standards in the office: the versions, a draft from a document with its repair list, publication, differences."""

from __future__ import annotations

import json
import tomllib
from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from kaogong.foundation.kernel.refusals import Refusal
from kaogong.standards import selectors, services
from kaogong.web.office.listing import export, page_of, sorted_by, tell
from kaogong.web.ui.requests import ActorRequest, needs
from kaogong.web.ui.shapes import Filter, Kind

KIND: dict[str, Kind] = {"drafted": "waiting", "published": "done", "withdrawn": "stopped"}
POWERS = ("standards.draft", "standards.publish")
LARGEST = 2 * 1024 * 1024
"""Bytes of an uploaded document; the longest standards have a tenth of it."""


class DocumentForm(forms.Form):
    """A standard as a document."""

    file = forms.FileField(
        label=gettext_lazy("标准文件"),
        help_text=gettext_lazy("TOML 或 JSON，UTF-8 编码，不超过 2 MB。同一职业同一版本的草案会被整份替换。"),
        widget=forms.FileInput(attrs={"accept": ".toml,.json"}),
    )

    def clean_file(self) -> dict[str, Any]:
        """The document, parsed; a syntax error is told with its line."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST:
            raise forms.ValidationError(_("文件超过 2 MB。"))
        try:
            text = file.read().decode("utf-8-sig")
            document = json.loads(text) if (file.name or "").lower().endswith(".json") else tomllib.loads(text)
        except UnicodeDecodeError as problem:
            raise forms.ValidationError(_("文件不是 UTF-8 编码。")) from problem
        except (tomllib.TOMLDecodeError, json.JSONDecodeError) as problem:
            raise forms.ValidationError(_("文件语法有误：%(problem)s") % {"problem": problem}) from problem
        if not isinstance(document, dict):
            raise forms.ValidationError(_("文件的最外层应是一张表。"))
        return document


class WithdrawForm(forms.Form):
    """From when a standard ceases, and why."""

    withdrawn_on = forms.DateField(
        label=gettext_lazy("废止日期"), widget=forms.DateInput(attrs={"type": "date"}), initial=localdate
    )
    reason = forms.CharField(label=gettext_lazy("理由"), max_length=200)


@require_safe
@needs(*POWERS)
def index(request: ActorRequest) -> HttpResponse:
    """All versions that the officer sees, drafts among them."""
    rows = selectors.standards_for(request.actor).select_related("occupation")
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(Q(title__icontains=text) | Q(occupation_code__startswith=text))
    if (state := request.GET.get("state", "")) in selectors.STANDARD.states:
        rows = rows.filter(state=state)
    rows = sorted_by(request, rows, {"title": "title", "code": "occupation_code", "since": "in_force_on"})
    if kind := request.GET.get("export", ""):
        heads = [_("名称"), _("职业编码"), _("版本"), _("颁布文号"), _("施行日期"), _("状态"), _("内容摘要")]
        return export(
            kind,
            "standards",
            heads,
            (
                (r.title, r.occupation_code, r.edition, r.instrument, r.in_force_on or "", _word(r.state), r.digest)
                for r in rows
            ),
        )
    page = page_of(request, rows)
    context = {
        "page": page,
        "cells": [(row, KIND[row.state], _word(row.state)) for row in page],
        "filters": [Filter("state", _("状态"), list(selectors.STANDARD.states.items()))],
        "may_draft": request.actor.may("standards.draft"),
    }
    return render(request, "office/standards/index.html", context)


def _word(state: str) -> str:
    return _(selectors.STANDARD.states[state])


@require_http_methods(["GET", "POST"])
@needs("standards.draft")
def draft(request: ActorRequest) -> HttpResponse:
    """Take in a draft from a document; what cannot be read comes back as a list with places."""
    form = DocumentForm(request.POST or None, request.FILES or None)
    faults: list[selectors.Fault] = []
    if request.method == "POST" and form.is_valid():
        try:
            made = services.draft(actor=request.actor, at=now(), document=form.cleaned_data["file"])
            return redirect("office:standard", standard_id=made.pk)
        except services.Unreadable as refusal:
            faults = list(refusal.faults)
            tell(form, refusal)
        except Refusal as refusal:
            tell(form, refusal)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "faults": told(faults)}
    return render(request, "office/standards/new.html", context, status=status)


def told(faults: list[selectors.Fault]) -> list[tuple[str, str]]:
    """Faults as (place, words in the reader's language)."""
    return [(fault.place, _(fault.message).format(**fault.facts)) for fault in faults]


@require_safe
@needs(*POWERS)
def detail(request: ActorRequest, standard_id: UUID) -> HttpResponse:
    """One version: what it holds, what keeps a draft from publication, and its other versions."""
    found = selectors.get(request.actor, standard_id)
    others = selectors.standards_for(request.actor).filter(occupation_code=found.occupation_code)
    context = {
        "standard": found,
        "kind": KIND[found.state],
        "word": _word(found.state),
        "faults": told(selectors.faults(found)) if found.state == "drafted" else [],
        "counts": selectors.counts(found),
        "others": [(each, KIND[each.state], _word(each.state)) for each in others.exclude(pk=found.pk)],
        "moves": {move.verb for move in selectors.STANDARD.open_to(found.state)},
        "may_publish": request.actor.may("standards.publish"),
    }
    return render(request, "office/standards/detail.html", context)


@require_safe
@needs(*POWERS)
def differences(request: ActorRequest, standard_id: UUID) -> HttpResponse:
    """How this version differs from another of the same occupation, line by line."""
    after = selectors.get(request.actor, standard_id)
    others = selectors.standards_for(request.actor).filter(occupation_code=after.occupation_code).exclude(pk=after.pk)
    wanted = _uuid(request.GET.get("from", ""))
    before = (others.filter(pk=wanted).first() if wanted else None) or others.first()
    lines = selectors.differences(before, after) if before else []
    context = {"standard": after, "before": before, "others": others, "lines": lines}
    return render(request, "office/standards/differences.html", context)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@require_http_methods(["GET", "POST"])
@needs("standards.publish")
def publish(request: ActorRequest, standard_id: UUID) -> HttpResponse:
    """Say what publication does, then do it."""
    found = selectors.get(request.actor, standard_id)
    if request.method == "POST":
        services.publish(actor=request.actor, at=now(), standard_id=found.pk)
        return redirect("office:standard", standard_id=found.pk)
    earlier = selectors.standards_for(request.actor).filter(occupation_code=found.occupation_code, state="published")
    context = {
        "standard": found,
        "faults": told(selectors.faults(found)),
        "does": [
            _("“%(title)s”（%(edition)s 版）自 %(day)s 起作为命题、报名和发证的依据。")
            % {"title": found.title, "edition": found.edition, "day": found.in_force_on or "—"},
            _("系统为全部内容计算摘要并记入审计。"),
            *(
                _("此前的“%(title)s”（%(edition)s 版）仍有效，已按它办理的业务不受影响。")
                % {"title": each.title, "edition": each.edition}
                for each in earlier
            ),
        ],
    }
    return render(request, "office/standards/publish.html", context)


@require_http_methods(["GET", "POST"])
@needs("standards.publish")
def withdraw(request: ActorRequest, standard_id: UUID) -> HttpResponse:
    """End a published version from a day on."""
    found = selectors.get(request.actor, standard_id)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.withdraw(actor=request.actor, at=now(), standard_id=found.pk, **form.cleaned_data)
            return redirect("office:standard", standard_id=found.pk)
        except Refusal as refusal:
            tell(form, refusal)
    status = 422 if form.errors else 200
    return render(request, "office/standards/withdraw.html", {"standard": found, "form": form}, status=status)
