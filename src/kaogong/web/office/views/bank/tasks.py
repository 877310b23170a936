"""Practical tasks: the modules of a level, and one task opened on the record."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kaogong.itembank import selectors, services
from kaogong.occupations import selectors as occupations
from kaogong.web.office.views.bank.words import BANK_POWERS
from kaogong.web.ui.formats import level_name
from kaogong.web.ui.requests import ActorRequest, needs


@require_safe
@needs(*BANK_POWERS)
def index(request: ActorRequest) -> HttpResponse:
    """The practical tasks by occupation, level and module; titles and times, not their content."""
    places = selectors.practical_places()
    banks = [
        (
            f"{occupations.name_of(standard.occupation_code)} {level_name(level)}",
            standard,
            selectors.practical_modules(standard.pk, level),
        )
        for standard, level in places
    ]
    return render(request, "office/bank/tasks.html", {"banks": banks})


@require_http_methods(["GET", "POST"])
@needs("itembank.view", "itembank.assemble")
def opened(request: ActorRequest, task_id: UUID) -> HttpResponse:
    """One task: asked for on GET, opened on POST, so that nobody opens one by accident; the trail says who did."""
    task = selectors.practical_task(task_id)
    content = services.view_task(actor=request.actor, at=now(), task_id=task.pk) if request.method == "POST" else None
    lists = (
        [
            (_("设备"), content.preparation.get("equipment", [])),
            (_("材料"), content.preparation.get("materials", [])),
            (_("工具"), content.preparation.get("tools", [])),
        ]
        if content
        else []
    )
    context = {
        "task": task,
        "content": content,
        "lists": lists,
        "papers": [(key, _(name)) for key, name in selectors.TASK_PAPERS.items()],
        "occupation": occupations.name_of(task.occupation_code),
        "level": level_name(task.level),
    }
    return render(request, "office/bank/task.html", context)


@require_POST
@needs("itembank.view", "itembank.assemble")
def printed(request: ActorRequest, task_id: UUID, paper: str) -> HttpResponse:
    """A paper of one task as a PDF: on POST, for every copy is a line in the trail."""
    document = services.print_task(actor=request.actor, at=now(), task_id=task_id, paper=paper)
    response = HttpResponse(document.pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="task-{paper}.pdf"'
    return response
