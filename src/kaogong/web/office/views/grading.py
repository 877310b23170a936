"""The markers' desk: which parts wait, how far each is, and one answer after the other, without a name."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kaogong.itembank.selectors import TYPES
from kaogong.scoring import selectors, services
from kaogong.web.office.listing import tell
from kaogong.web.ui.requests import ActorRequest, needs


class MarksForm(forms.Form):
    """A mark for each criterion of the rubric."""

    def __init__(self, *args: Any, seen: selectors.OpenScript, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = seen.criteria
        for place, (text, most) in enumerate(seen.criteria, 1):
            self.fields[f"mark_{place}"] = forms.DecimalField(
                label=text,
                min_value=0,
                max_value=most,
                max_digits=7,
                decimal_places=4,
                widget=forms.NumberInput(attrs={"step": f"{seen.step:f}", "inputmode": "decimal"}),
            )

    @property
    def rows(self) -> list[tuple[forms.BoundField, str]]:
        """Each field with the most it can have, in words."""
        return [
            (self[f"mark_{place}"], _("/ {most} 分").format(most=f"{most.normalize():f}"))
            for place, (_text, most) in enumerate(self.criteria, 1)
        ]

    def marks(self) -> list[Any]:
        """The marks in the rubric's order."""
        return [self.cleaned_data[f"mark_{place}"] for place in range(1, len(self.criteria) + 1)]


@require_safe
@needs("scoring.grade")
def index(request: ActorRequest) -> HttpResponse:
    """The parts with written answers within reach, and how far their marking is."""
    rows = [selectors.desk(request.actor, part) for part in selectors.parts_to_grade(request.actor)]
    return render(request, "office/grading/index.html", {"rows": rows})


@require_safe
@needs("scoring.grade")
def desk(request: ActorRequest, part_id: UUID) -> HttpResponse:
    """How far the marking of a part is, and the way to the next answer."""
    part = selectors.part_to_grade(request.actor, part_id)
    return render(request, "office/grading/desk.html", {"desk": selectors.desk(request.actor, part)})


@require_http_methods(["GET", "POST"])
@needs("scoring.grade")
def script(request: ActorRequest, part_id: UUID, code: str) -> HttpResponse:
    """One written answer, opened on the record, and its marks; then the next."""
    part = selectors.part_to_grade(request.actor, part_id)
    seen = services.open_script(actor=request.actor, at=now(), part_id=part_id, code=code)
    form = MarksForm(request.POST or None, seen=seen)
    if request.method == "POST" and form.is_valid():
        try:
            services.grade(actor=request.actor, at=now(), part_id=part_id, code=code, marks=form.marks())
            following = selectors.desk(request.actor, part).next_code
            if following:
                return redirect("office:grading-script", part_id, following)
            return redirect("office:grading-part", part_id)
        except services.HandMarksFaulty as refusal:
            tell(form, refusal)
    context = {
        "seen": seen,
        "form": form,
        "type": _(TYPES[seen.item.type]),
        "desk": selectors.desk(request.actor, part),
    }
    return render(request, "office/grading/script.html", context, status=422 if form.errors else 200)
