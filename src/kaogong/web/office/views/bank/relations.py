"""Relations of an item: noting that another must not meet it in a paper, and ending that."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kaogong.foundation.kernel.refusals import Refusal
from kaogong.itembank import selectors, services
from kaogong.web.office.listing import tell
from kaogong.web.office.views.bank.forms import ReasonForm, RelationForm
from kaogong.web.ui.requests import ActorRequest, needs


@require_http_methods(["GET", "POST"])
@needs("itembank.write")
def relate(request: ActorRequest, item_id: UUID) -> HttpResponse:
    """Note a relation with another item of the bank, by its number."""
    item = selectors.item(request.actor, item_id)
    form = RelationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        entered = form.cleaned_data
        try:
            services.relate_items(
                actor=request.actor,
                at=now(),
                item_id=item.pk,
                number=entered["number"],
                kind=selectors.RELATIONS(entered["kind"]),
                reason=entered["reason"],
            )
            return redirect("office:item", item_id=item.pk)
        except Refusal as refusal:
            tell(form, refusal)
    status = 422 if form.errors else 200
    return render(request, "office/bank/item_relate.html", {"form": form, "item": item}, status=status)


@require_http_methods(["GET", "POST"])
@needs("itembank.approve")
def end(request: ActorRequest, item_id: UUID, relation_id: UUID) -> HttpResponse:
    """End a relation, with the reason."""
    item = selectors.item(request.actor, item_id)
    relatives = [each for each in selectors.relations_of(request.actor, item) if each.relation.pk == relation_id]
    if not relatives:
        raise Http404
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.end_relation(
                actor=request.actor,
                at=now(),
                item_id=item.pk,
                relation_id=relation_id,
                reason=form.cleaned_data["reason"],
            )
            return redirect("office:item", item_id=item.pk)
        except Refusal as refusal:
            tell(form, refusal)
    does = [
        _("{one} 与 {other} 今后可以出现在同一份试卷里。").format(one=item.number, other=relatives[0].other.number),
        _("这条记录连同理由保留；已封存的试卷不受影响。"),
    ]
    context = {"item": item, "relative": relatives[0], "form": form, "does": does}
    return render(request, "office/bank/item_relation_end.html", context, status=422 if form.errors else 200)
