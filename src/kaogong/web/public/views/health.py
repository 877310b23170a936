"""The health page: whether the site can work, for people and for machines; it tells nothing that is secret.

Two degrees: what keeps people from working, or may lose something, is ill (503); what somebody must see to soon is a
warning (200), so that a balancer does not take a working site out of service.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kaogong.blanks import selectors as blanks
from kaogong.certificates import selectors as certificates
from kaogong.foundation.audit import watching
from kaogong.foundation.notices import selectors as notices
from kaogong.foundation.outbox import selectors as outbox
from kaogong.web.ui.context import program_version
from kaogong.web.ui.formats import datetime_zh

PATIENCE = timedelta(minutes=10)
"""How long facts, deeds and jobs may wait before the background worker must be asleep."""
UNCHECKED = timedelta(days=2)
GIVEN_UP = 10
"""How many messages may be given up in a day before somebody should look: wrong addresses there always are."""
DISK_LOW, DISK_FULL = 0.10, 0.01

State = Literal["well", "warning", "ill"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: its key, its name, how it is, and what was seen."""

    key: str
    name: str
    state: State
    seen: str


@require_safe
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """503 when anything is ill, 200 otherwise; JSON for `?format=json` or whoever accepts only that."""
    at = timezone.now()
    checks = list(_checks(at))
    states = {check.state for check in checks}
    worst: State = "ill" if "ill" in states else "warning" if "warning" in states else "well"
    status = 503 if worst == "ill" else 200
    if request.GET.get("format") == "json" or not request.accepts("text/html"):
        answer = {"version": program_version(), "well": worst != "ill", "warned": worst == "warning"}
        return JsonResponse(answer | {"checks": [asdict(check) for check in checks]}, status=status)
    return render(request, "public/health.html", {"checks": checks, "worst": worst, "at": at}, status=status)


def _checks(at: datetime) -> Iterator[Check]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            size = cursor.fetchone()[0]
        yield Check("database", _("数据库"), "well", _("可以读写，占用 {size}").format(size=_size(size)))
        yield _tables()
        yield _facts(at)
        yield _deeds(at)
        yield _verified(at)
        yield _restored()
        yield _jobs(at)
        yield _messages(at)
        yield _blanks(at)
    except DatabaseError:
        yield Check("database", _("数据库"), "ill", _("连接不上"))
    yield _disk()


def _tables() -> Check:
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    seen = _("与程序一致") if not missing else _("有 {count} 项结构变更没有执行").format(count=missing)
    return Check("tables", _("数据库结构"), "ill" if missing else "well", seen)


def _facts(at: datetime) -> Check:
    standing = outbox.standing()
    return Check(
        "outbox", _("待送出的事项"), _late(standing.oldest, at), _("{count} 件").format(count=standing.waiting)
    )


def _deeds(at: datetime) -> Check:
    name = _("待封存的轨迹")
    if watching.is_turned_back():
        return Check("trail", name, "ill", _("数据库比检查点旧：被退回，或恢复备份后没有登记"))
    waiting = watching.waiting()
    return Check("trail", name, _late(waiting.oldest, at), _("{count} 条").format(count=waiting.deeds))


def _late(oldest: datetime | None, at: datetime) -> State:
    return "ill" if oldest is not None and at - oldest > PATIENCE else "well"


def _verified(at: datetime) -> Check:
    name = _("轨迹核验")
    last = watching.last_check()
    if last is None:
        return Check("audit", name, "warning", _("还没有核验过"))
    finished_at, findings = last
    seen = _("{time} 核验，发现 {count} 处").format(time=datetime_zh(finished_at), count=findings)
    return Check("audit", name, "warning" if findings or at - finished_at > UNCHECKED else "well", seen)


def _restored() -> Check:
    closed = certificates.count_closed()
    seen = _("恢复备份后 {count} 个编号计数尚未清点").format(count=closed) if closed else _("没有待清点的编号")
    return Check("numbers", _("证书编号"), "warning" if closed else "well", seen)


def _jobs(at: datetime) -> Check:
    jobs = outbox.jobs(failed_since=at - timedelta(days=1), due_before=at - PATIENCE)
    seen = _("一天内失败 {failed} 件，逾时未开始 {overdue} 件").format(failed=jobs.failed, overdue=jobs.overdue)
    return Check("jobs", _("后台任务"), "warning" if jobs.failed or jobs.overdue else "well", seen)


def _messages(at: datetime) -> Check:
    count = notices.given_up_since(at - timedelta(days=1))
    seen = _("一天内 {count} 条未能发出").format(count=count)
    return Check("notices", _("通知"), "warning" if count >= GIVEN_UP else "well", seen)


def _blanks(at: datetime) -> Check:
    count = blanks.nearly_out(since=at - timedelta(days=30))
    seen = _("{count} 个机构的库存不足近 30 天的用量").format(count=count) if count else _("库存够用")
    return Check("blanks", _("空白证书"), "warning" if count else "well", seen)


def _disk() -> Check:
    disk = shutil.disk_usage(settings.VAR)
    free = disk.free / disk.total
    state: State = "ill" if free < DISK_FULL else "warning" if free < DISK_LOW else "well"
    seen = _("余 {size}（{share}%）").format(size=_size(disk.free), share=int(free * 100))
    return Check("disk", _("磁盘"), state, seen)


def _size(octets: int) -> str:
    """A size as people read it: megabytes below one gigabyte."""
    return f"{octets / 2**30:.1f} GB" if octets >= 2**30 else f"{max(1, octets // 2**20)} MB"
