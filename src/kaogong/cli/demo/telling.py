"""The closing tables: the funnel, the refusals with their clauses, one candidate's story, the time each stage took."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from rich.table import Table

from kaogong.certificates import selectors as register
from kaogong.cli.demo import trying
from kaogong.cli.demo.founding import PASSWORD
from kaogong.cli.demo.season import BEIJING, Candidate, Season
from kaogong.delivery import selectors as delivery
from kaogong.foundation.audit import selectors as audit
from kaogong.foundation.kernel.actors import Actor, service
from kaogong.foundation.kernel.clauses import Clause
from kaogong.regulations import selectors as regulations
from kaogong.scoring import selectors as results

READER = service("演示：讲述", "audit.read", door="shell")


def tell(season: Season, site: str) -> None:
    """Print everything that happened."""
    season.console.print(funnel(season))
    season.console.print(refusals(season))
    for note in season.notes:
        season.console.print(f"• {note}")
    season.console.print(story(season, site))
    season.console.print(trying.table(season))
    season.console.print(stages(season))
    season.console.print(logins(season, site))


def funnel(season: Season) -> Table:
    """How many came how far."""
    table = Table("环节", "人数", "说明", title="一季鉴定的各环节", title_justify="left")
    table.columns[1].justify = "right"
    for stage, count, note in season.funnel:
        table.add_row(stage, f"{count:,}", note)
    return table


def refusals(season: Season) -> Table:
    """What was refused, how often, in which words, by which clause."""
    table = Table("次数", title="被拒绝的事", title_justify="left")
    table.columns[0].justify = "right"
    for heading in ("拒绝（举一例）", "依据", "可靠程度"):
        table.add_column(heading, overflow="fold")
    for refused in season.refused():
        text = regulations.clause(Clause.parse(refused.clause), season.days.today)
        label, certainty = (text.label, text.certainty_label) if text else (refused.clause, "")
        table.add_row(f"{refused.count:,}", refused.words, label, certainty)
    return table


def story(season: Season, site: str) -> Table:
    """One holder's way from application to certificate, as the trail has it, with the pages to look at."""
    table = Table("时间", title="一位考生的经历", title_justify="left")
    table.add_column("事", overflow="fold")
    table.add_column("经办", overflow="fold")
    holder = next((each for each in season.candidates if each.story == "issued"), None)
    if holder is None or holder.registration_id is None:
        return table
    table.title = f"一位考生的经历：{holder.invented.name}"
    entries = [entry for target in _records(holder) for entry in audit.entries(actor=READER, target_id=str(target))]
    seen = dict.fromkeys(
        (entry.at, entry.action, entry.actor_name)
        for entry in sorted(entries, key=lambda entry: (entry.at, entry.recorded_at))
    )
    for at, action, name in seen:
        if action in DEEDS:
            table.add_row(f"{at.astimezone(BEIJING):%Y-%m-%d %H:%M}", DEEDS[action], name)
    table.add_section()
    table.add_row("网页", f"{site}/office/registrations/{holder.registration_id}/", "办公台：报名档案")
    table.add_row("", f"{site}/my/", "本人（登录名 candidate.passed）")
    for certificate in register.own_certificates(_herself(holder)):
        table.add_row("证书", certificate.number, f"{site}/verify/")
    return table


DEEDS = {
    "registration.started": "开始报名",
    "registration.submitted": "提交报名",
    "registration.admitted": "资格审核通过",
    "registration.fee_collected": "缴费",
    "seating.ticket_published": "准考证发布",
    "delivery.checked_in": "现场核验签到",
    "delivery.started": "开始作答（操作）",
    "delivery.handed_in": "交卷",
    "delivery.sealed": "封存",
    "scoring.result_published": "成绩发布",
    "certificates.issued": "核发证书",
    "certificates.replaced": "遗失补发",
}


def _herself(holder: Candidate) -> Actor:
    return Actor(kind="person", name=holder.invented.name, person_id=holder.person_id, door="shell")


def _records(holder: Candidate) -> Iterator[UUID]:
    """The records in which her way is written."""
    herself = _herself(holder)
    assert holder.registration_id is not None  # a holder has applied
    yield holder.registration_id
    yield from (attempt.pk for attempt in delivery.own_attempts(herself))
    yield from (result.pk for result in results.own_results(herself))
    yield from (certificate.pk for certificate in register.own_certificates(herself))


def stages(season: Season) -> Table:
    """How long each stage took."""
    table = Table("阶段", "数量", "秒", "每秒", title="用时", title_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    for title, seconds, count in season.seconds:
        table.add_row(title, f"{count:,}", f"{seconds:.1f}", f"{count / seconds:.0f}" if seconds > 0.05 else "–")
    table.add_section()
    table.add_row("合计", "", f"{sum(seconds for _title, seconds, _count in season.seconds):.1f}", "")
    return table


def logins(season: Season, site: str) -> Table:
    """The accounts to sign in with."""
    title = f"演示账号（密码都是 {PASSWORD}；演示时不要求第二因素）　{site}/account/login/"
    table = Table("姓名", "岗位", title=title, title_justify="left")
    table.add_column("登录名", no_wrap=True)
    for name, role, login in season.logins:
        table.add_row(name, role, login)
    return table
