"""Items: lists without stems, one item with its life, opening on the record, writing, reviewing and approving."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import Refusal
from kaogong.itembank import selectors, services
from kaogong.occupations import selectors as occupations
from kaogong.web.office.listing import export, page_of, sorted_by, tell
from kaogong.web.office.views.bank.forms import ItemForm, NewItemForm, NoteForm, PointForm, key_field
from kaogong.web.office.views.bank.words import (
    BANK_POWERS,
    DIFFICULTIES,
    ITEM_KIND,
    banks_of,
    split,
    told,
    type_name,
)
from kaogong.web.ui.formats import level_name
from kaogong.web.ui.requests import ActorRequest, needs
from kaogong.web.ui.shapes import Filter, Step

READ = ("itembank.view", "itembank.write", "itembank.review", "itembank.approve")
Decision = Callable[[Actor, UUID, str, list[str]], object]


def _with_reason(deed: Callable[..., object]) -> tuple[str, Decision]:
    """A deed of whoever approves items, for which the note is the reason."""
    return "itembank.approve", lambda actor, pk, note, _kinds: deed(actor=actor, at=now(), item_id=pk, reason=note)


def _plain(deed: Callable[..., object]) -> tuple[str, Decision]:
    """A deed of whoever approves items, without a word."""
    return "itembank.approve", lambda actor, pk, _note, _kinds: deed(actor=actor, at=now(), item_id=pk)


DECISIONS: dict[str, tuple[str, Decision]] = {
    "review": (
        "itembank.review",
        lambda actor, pk, note, kinds: services.review_item(
            actor=actor, at=now(), item_id=pk, kinds=kinds or None, note=note
        ),
    ),
    "object": (
        "itembank.review",
        lambda actor, pk, note, kinds: services.object_to_item(
            actor=actor, at=now(), item_id=pk, kinds=kinds or list(selectors.REVIEWS), opinion=note
        ),
    ),
    "return": (
        "itembank.approve",
        lambda actor, pk, note, _kinds: services.return_item(actor=actor, at=now(), item_id=pk, note=note),
    ),
    "approve": _plain(services.approve_item),
    "clear": _plain(services.clear_item),
    "assess": _plain(services.end_trial),
    "retry": _with_reason(services.try_again),
    "promote": _with_reason(services.promote_item),
    "limit": _with_reason(services.limit_item),
    "release": _with_reason(services.release_item),
    "freeze": _with_reason(services.freeze_item),
    "thaw": _with_reason(services.thaw_item),
    "retire": _with_reason(services.retire_item),
}
"""The moves of an item that a page offers: the power each asks for, and the service."""
FORWARD = frozenset({"approve", "clear", "assess", "promote", "release", "thaw"})
"""Moves that lead on: their button comes first."""
NEED_A_NOTE = frozenset({"object", "return", "retry", "promote", "limit", "release", "freeze", "thaw", "retire"})


@require_safe
@needs(*BANK_POWERS)
def index(request: ActorRequest) -> HttpResponse:
    """The items within reach by number, point, type and state; never their stems."""
    rows = selectors.items_with_versions(request.actor)
    text = request.GET.get("q", "").strip()
    if text:
        rows = rows.filter(item__number__icontains=text) | rows.filter(item__point__name__icontains=text)
    rows = _narrowed(request, rows)
    rows = sorted_by(request, rows, {"number": "item__number", "difficulty": "difficulty", "created": "created_at"})
    if kind := request.GET.get("export", ""):
        heads = [
            _("题号"),
            _("职业编码"),
            _("等级"),
            _("鉴定点"),
            _("名称"),
            _("题型"),
            _("难度"),
            _("状态"),
            _("版本"),
        ]
        return export(kind, "items", heads, (_line(row) for row in rows))
    page = page_of(request, rows, per_page=30)
    names = {code: occupations.name_of(code) for code in {row.item.occupation_code for row in page}}
    context = {
        "page": page,
        "cells": [_cell(row, names) for row in page],
        "has_bank_column": split(request.GET.get("bank", "")) is None,
        "filters": _filters(request),
        "may_write": request.actor.holds("itembank.write"),
        "may_export": any(request.actor.holds(power) for power in READ),
    }
    return render(request, "office/bank/items.html", context)


def _narrowed(request: ActorRequest, rows: Any) -> Any:
    place = split(request.GET.get("bank", ""))
    if place is not None:
        rows = rows.filter(item__occupation_code=place[0], item__level=place[1])
    wanted = {
        "state": ("item__state", selectors.ITEM.states),
        "type": ("type", selectors.TYPES),
        "importance": ("item__point__importance", selectors.IMPORTANCE),
    }
    for name, (path, allowed) in wanted.items():
        if (value := request.GET.get(name, "")) in allowed:
            rows = rows.filter(**{path: value})
    if (codes := request.GET.get("range", "")) == "none":
        return rows.filter(item__point__isnull=True)
    if codes:
        parts = codes.split("-")
        rows = rows.filter(**{f"item__point__codes__{place}": code for place, code in enumerate(parts)})
    if point := request.GET.get("point", ""):
        rows = rows.filter(item__point__codes=point.split("-"))
    return rows


def _filters(request: ActorRequest) -> list[Filter]:
    ranges = [("none", _("未归入鉴定点"))]
    for blueprint in selectors.blueprints_for(request.actor).filter(state="approved"):
        ranges += [("-".join(each.codes), each.name) for each in selectors.ranges_of(blueprint.pk) if each.is_weighted]
    return [
        Filter("bank", _("题库"), banks_of(request.actor)),
        Filter("range", _("鉴定范围"), ranges),
        Filter("type", _("题型"), [(key, _(name)) for key, name in selectors.TYPES.items()]),
        Filter("importance", _("重要程度"), [(key, f"{key} {_(name)}") for key, name in selectors.IMPORTANCE.items()]),
        Filter("state", _("状态"), [(key, _(name)) for key, name in selectors.ITEM.states.items()]),
    ]


def _cell(row: Any, names: dict[str, str]) -> dict[str, object]:
    return {
        "version": row,
        "item": row.item,
        "bank": f"{names.get(row.item.occupation_code, row.item.occupation_code)} {level_name(row.item.level)}",
        "type": type_name(row.type),
        "difficulty": f"{row.difficulty} {_(DIFFICULTIES[row.difficulty])}",
        "kind": ITEM_KIND[row.item.state],
        "word": _(selectors.ITEM.states[row.item.state]),
    }


def _line(row: Any) -> tuple[object, ...]:
    item, point = row.item, row.item.point
    code, name = ("-".join(point.codes), point.name) if point else ("", "")
    state = _(selectors.ITEM.states[item.state])
    return (
        item.number,
        item.occupation_code,
        item.level,
        code,
        name,
        type_name(row.type),
        row.difficulty,
        state,
        item.latest,
    )


@require_safe
@needs(*BANK_POWERS)
def detail(request: ActorRequest, item_id: UUID) -> HttpResponse:
    """One item with its life and the papers that hold it; its content stays closed."""
    return _page(request, selectors.item(request.actor, item_id), None)


@require_POST
@needs(*READ)
def opened(request: ActorRequest, item_id: UUID) -> HttpResponse:
    """Open the item: the trail says who did."""
    seen = services.view_item(actor=request.actor, at=now(), item_id=item_id)
    return _page(request, seen.item, seen)


def _page(
    request: ActorRequest, item: selectors.Item, seen: services.ItemView | None, *, note: NoteForm | None = None
) -> HttpResponse:
    actor = request.actor
    held = {
        power: actor.may(power, region=item.region_code, organisation=item.organisation_id)
        for power in ("itembank.write", "itembank.review", "itembank.approve")
    }
    open_moves = selectors.ITEM.open_to(item.state)
    moves = [move for move in open_moves if move.verb in DECISIONS and move.verb != "review"]
    moves.sort(key=lambda move: move.verb not in FORWARD)
    versions = list(selectors.versions_of(item))
    pairs, hidden = selectors.resemblances_of(actor, item)
    alike = [(each, each.second.item if each.first.item == item else each.first.item) for each in pairs]
    context = {
        "item": item,
        "version": versions[0],
        "versions": versions,
        "occupation": occupations.name_of(item.occupation_code),
        "level": level_name(item.level),
        "type": type_name(versions[0].type),
        "difficulty": f"{versions[0].difficulty} {_(DIFFICULTIES[versions[0].difficulty])}",
        "kind": ITEM_KIND[item.state],
        "word": _(selectors.ITEM.states[item.state]),
        "papers": selectors.papers_holding(actor, [each.pk for each in versions])[:10],
        "alike": alike,
        "alike_hidden": hidden,
        "seen": seen,
        "question": question_of(seen.content) if seen else None,
        "moves": [(move.verb, _(move.label)) for move in moves if held[DECISIONS[move.verb][0]]],
        "note": note or NoteForm(),
        "may_revise": held["itembank.write"] and any(move.verb == "revise" for move in open_moves),
        "may_review": held["itembank.review"] and any(move.verb == "review" for move in open_moves),
        "reviews": reviews_of(item),
        "opinions": [each for each in selectors.reviews_of(item) if each.opinion],
        "steps": steps_of(item),
        "relatives": selectors.relations_of(actor, item),
        "may_relate": held["itembank.write"],
        "may_end_relation": held["itembank.approve"],
        "may_open": any(actor.holds(power) for power in READ),
    }
    return render(request, "office/bank/item.html", context, status=422 if note is not None else 200)


def question_of(content: selectors.ItemContent) -> dict[str, object]:
    """An item as the candidate sees it, with its key beside."""
    options = [
        (letter, option, letter in content.key)
        for letter, option in zip(selectors.LETTERS, content.options, strict=False)
    ]
    if content.type == selectors.TRUE_FALSE:
        options = [("", _("对"), content.key == "T"), ("", _("错"), content.key == "F")]
    is_written = content.type in selectors.CONSTRUCTED
    gaps = [line.split("|") for line in content.key.split("\n")] if content.type == selectors.FILL_IN else []
    return {
        "content": content,
        "type": type_name(content.type),
        "options": options,
        "gaps": gaps if content.key else [],
        "reference": content.key if is_written else "",
        "rubric_total": sum(each.share for each in content.rubric),
    }


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One of the three reviews of the newest version, and who passed or returned it last, if anybody."""

    kind: str
    name: str
    last: Any

    @property
    def is_passed(self) -> bool:
        return self.last is not None and self.last.verdict == "passed"


def reviews_of(item: selectors.Item) -> list[ReviewLine]:
    """The three reviews of an item's newest version as they stand."""
    newest: dict[str, Any] = {}
    for each in selectors.reviews_of(item).filter(version=item.latest):
        newest.setdefault(each.kind, each)
    return [ReviewLine(kind, _(name), newest.get(kind)) for kind, name in selectors.REVIEWS.items()]


def steps_of(item: selectors.Item) -> list[Step]:
    """An item's life as a line of steps; one that skipped the trial shows none, one that left use shows how."""
    path = ["drafted", "reviewed", "cleared", "trial", "assessed", "approved"]
    if item.state == "approved" or (item.state == "reviewed" and not item.approver):
        path = ["drafted", "reviewed", "approved"]
    if item.state in {"limited", "frozen", "retired"}:
        path = ["drafted", "reviewed", *(["approved"] if item.in_use_since else []), item.state]
    here = path.index(item.state)
    stopped = item.state in {"frozen", "retired"}
    return [
        Step(
            _(selectors.ITEM.states[state]),
            "done" if place < here else "todo" if place > here else "stopped" if stopped else "current",
        )
        for place, state in enumerate(path)
    ]


@require_POST
@needs(*BANK_POWERS)
def decide(request: ActorRequest, item_id: UUID, verb: str) -> HttpResponse:
    """Take one of `DECISIONS` on an item."""
    item = selectors.item(request.actor, item_id)
    if verb not in DECISIONS:
        raise Http404
    form = NoteForm(request.POST)
    form.is_valid()
    words = form.cleaned_data.get("note", "")
    if verb in NEED_A_NOTE and not words:
        form.add_error("note", _("请写明理由。"))
        return _page(request, item, None, note=form)
    kinds = [kind for kind in request.POST.getlist("kinds") if kind in selectors.REVIEWS]
    DECISIONS[verb][1](request.actor, item.pk, words, kinds)
    return redirect("office:item", item_id=item.pk)


@require_http_methods(["GET", "POST"])
@needs("itembank.write")
def new(request: ActorRequest) -> HttpResponse:
    """Write a new item, with a preview as one writes."""
    banks = banks_of(request.actor)
    form = NewItemForm(request.POST or None, banks=banks)
    problems: list[selectors.Problem] = []
    if request.method == "POST" and form.is_valid():
        code, level = form.cleaned_data["bank"]
        try:
            item = services.draft_item(
                actor=request.actor,
                at=now(),
                occupation_code=code,
                level=level,
                content=form.content(),
                difficulty=form.cleaned_data["difficulty"],
                consistency=form.cleaned_data["consistency"],
                point_id=_point_id(request.actor, form, code, level),
            )
            return redirect("office:item", item_id=item.pk)
        except services.ItemFaulty as refusal:
            problems = refusal.problems
        except Refusal as refusal:
            tell(form, refusal)
    _tell_problems(form, problems)
    context = {"form": form, "points": _points(request.actor, banks), "question": None}
    return render(request, "office/bank/item_new.html", context, status=422 if form.errors else 200)


def _tell_problems(form: ItemForm, problems: list[selectors.Problem]) -> None:
    if not problems:
        return
    names = {"key": key_field(form.cleaned_data["type"]), "options": "a", "rubric": "rubric_text_1"}
    for field, words in told(problems):
        name = names.get(field, field)
        form.add_error(name if name in form.fields else None, words)


def _point_id(actor: Actor, form: Any, code: str, level: int) -> UUID | None:
    """The point named by its code, in the blueprint in force; told at the field when there is none."""
    wanted = form.cleaned_data.get("point", "").strip()
    if not wanted:
        return None
    found = selectors.point_by_code(code, level, wanted, actor)
    if found is None:
        raise services.WrongPoint(code=wanted)
    return found.pk


def _points(actor: Actor, banks: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """All points of the banks as (code, name), for the field's suggestions."""
    found = []
    for value, _name in banks:
        place = split(value)
        if place is not None:
            found += selectors.point_names(*place, actor)
    return found


@require_POST
@needs("itembank.write")
def preview(request: ActorRequest) -> HttpResponse:
    """The item being written, as the candidate would see it; nothing is saved."""
    form = ItemForm(request.POST)
    form.is_valid()
    return render(request, "office/bank/question.html", {"question": question_of(form.content())})


@require_http_methods(["GET", "POST"])
@needs("itembank.write")
def revise(request: ActorRequest, item_id: UUID) -> HttpResponse:
    """Write a new version of an item; opening it for that leaves a line in the trail."""
    if request.method == "POST":
        item = selectors.item(request.actor, item_id)
        form = ItemForm(request.POST)
        if form.is_valid():
            try:
                services.revise_item(
                    actor=request.actor,
                    at=now(),
                    item_id=item.pk,
                    content=form.content(),
                    difficulty=form.cleaned_data["difficulty"],
                    consistency=form.cleaned_data["consistency"],
                )
                return redirect("office:item", item_id=item.pk)
            except services.ItemFaulty as refusal:
                _tell_problems(form, refusal.problems)
            except Refusal as refusal:
                tell(form, refusal)
    else:
        seen = services.view_item(actor=request.actor, at=now(), item_id=item_id)
        item = seen.item
        form = ItemForm.of(seen.content, seen.version.difficulty, seen.version.consistency)
    status = 422 if form.errors else 200
    return render(request, "office/bank/item_revise.html", {"form": form, "item": item}, status=status)


@require_http_methods(["GET", "POST"])
@needs("itembank.write")
def bind(request: ActorRequest, item_id: UUID) -> HttpResponse:
    """Give an unbound draft its point."""
    item = selectors.item(request.actor, item_id)
    form = PointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            point_id = _point_id(request.actor, form, item.occupation_code, item.level)
            assert point_id is not None  # the field is required
            services.bind_item(actor=request.actor, at=now(), item_id=item.pk, point_id=point_id)
            return redirect("office:item", item_id=item.pk)
        except Refusal as refusal:
            tell(form, refusal)
    points = selectors.point_names(item.occupation_code, item.level, request.actor)
    status = 422 if form.errors else 200
    return render(request, "office/bank/item_bind.html", {"form": form, "item": item, "points": points}, status=status)
