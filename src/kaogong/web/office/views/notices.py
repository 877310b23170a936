"""The notices that went out, wait, or failed: for the officer who is asked `why was I not told`."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kaogong.foundation.identity import selectors as persons
from kaogong.foundation.notices import selectors
from kaogong.web.office.listing import export, minute_of, page_of
from kaogong.web.ui.requests import ActorRequest, needs
from kaogong.web.ui.shapes import Filter, Kind

KIND: dict[str, Kind] = {"sent": "done", "waiting": "waiting", "failed": "stopped"}


@require_safe
@needs("notices.see")
def index(request: ActorRequest) -> HttpResponse:
    """Notices within reach, the latest first; addresses masked."""
    asked = request.GET
    rows = selectors.notices_for(
        request.actor,
        text=asked.get("q", "").strip(),
        channel=asked.get("channel", ""),
        state=asked.get("state", ""),
        event=asked.get("event", ""),
    )
    words = dict(selectors.STATES)
    if kind := asked.get("export", ""):
        heads = [
            _("排队时间"),
            _("事项"),
            _("渠道"),
            _("去向"),
            _("内容"),
            _("状态"),
            _("发出时间"),
            _("尝试次数"),
            _("最近错误"),
        ]
        cells = (
            (
                minute_of(row.queued_at),
                row.subject,
                row.get_channel_display(),
                row.to_masked,
                row.text,
                words[selectors.state_of(row)],
                minute_of(row.sent_at),
                row.attempts,
                row.last_error,
            )
            for row in rows
        )
        return export(kind, "notices", heads, cells)
    page = page_of(request, rows)
    names = persons.by_id([row.person_id for row in page if row.person_id])
    shown = [
        {
            "notice": row,
            "name": names[row.person_id].name if row.person_id in names else "",
            "kind": KIND[selectors.state_of(row)],
            "word": words[selectors.state_of(row)],
        }
        for row in page
    ]
    filters = [
        Filter("state", _("状态"), selectors.STATES),
        Filter("channel", _("渠道"), selectors.CHANNELS),
        Filter("event", _("事项"), selectors.SUBJECTS),
    ]
    return render(request, "office/notices/index.html", {"page": page, "rows": shown, "filters": filters})
