"""The health page: whether the site can work, for people and for machines; it tells nothing that is secret."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kaogong.foundation.audit import selectors as trail
from kaogong.foundation.kernel.actors import service
from kaogong.foundation.outbox import selectors as outbox
from kaogong.web.ui.context import program_version

WATCHER = service("健康检查", "audit.read")
PATIENCE = timedelta(minutes=10)
"""How long facts and lines may wait before the background worker must be asleep."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: its key, its name, whether it is well, and what was seen."""

    key: str
    name: str
    is_well: bool
    seen: str


@require_safe
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """200 when everything is well, 503 otherwise; JSON for `?format=json` or whoever accepts only that."""
    checks = list(_checks())
    status = 200 if all(check.is_well for check in checks) else 503
    if request.GET.get("format") == "json" or not request.accepts("text/html"):
        return JsonResponse(
            {"version": program_version(), "well": status == 200, "checks": [asdict(check) for check in checks]},
            status=status,
        )
    page = {"checks": checks, "is_well": status == 200, "at": timezone.now()}
    return render(request, "public/health.html", page, status=status)


def _checks() -> list[Check]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return [Check("database", _("数据库"), True, _("可以读写")), _tables(), _facts(), _lines()]
    except DatabaseError:
        return [Check("database", _("数据库"), False, _("连接不上"))]


def _tables() -> Check:
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    seen = _("与程序一致") if not missing else _("有 {count} 项结构变更没有执行").format(count=missing)
    return Check("tables", _("数据库结构"), not missing, seen)


def _facts() -> Check:
    standing = outbox.standing()
    late = standing.oldest is not None and timezone.now() - standing.oldest > PATIENCE
    return Check("outbox", _("待送出的事项"), not late, _("{count} 件").format(count=standing.waiting))


def _lines() -> Check:
    standing = trail.standing(actor=WATCHER)
    waiting = standing.waiting if standing else 0
    newest = standing.newest if standing else None
    late = bool(waiting) and newest is not None and timezone.now() - newest.sealed_at > PATIENCE
    return Check("trail", _("待封存的轨迹"), not late, _("{count} 条").format(count=waiting))
