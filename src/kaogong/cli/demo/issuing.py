"""Chapter eight: blanks arrive, certificates are issued and printed on them, one is lost, and a stranger verifies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from kaogong.blanks import services as blanks
from kaogong.certificates import selectors as register
from kaogong.certificates import services as certificates
from kaogong.cli.demo.season import Season
from kaogong.sittings import selectors as sittings

if TYPE_CHECKING:
    from kaogong.certificates.models import Certificate

RECEIVED = 3000
SITE = "http://127.0.0.1:8000"


def issue(season: Season) -> None:
    """Play the chapter."""
    _blanks(season)
    issued = _issue(season)
    long = sum(len(each.number) == 22 for each in issued)
    season.reached(
        "核发证书", len(issued), f"职业资格证书 {len(issued) - long} 本（16 位），技能等级证书 {long} 本（22 位）"
    )
    if issued:
        _lost(season, issued[0])
        _verify(season, issued[-1])
        # The last one kept a part from an earlier sitting: its paper must print all the same.
        papers = [
            register.pdf(season.by("nanjing/issuer"), each.pk, site=SITE) for each in _of_the_city(season, issued)
        ]
        season.notes.append(
            f"排版证书 {len(papers)} 本（PDF/A），共 {sum(len(each.pdf) for each in papers) // 1024} kB。"
        )
    holders = {each.result.registration_id for each in issued}
    for candidate in season.candidates:
        if candidate.registration_id:
            candidate.story = "issued" if candidate.registration_id in holders else "failed"


def _of_the_city(season: Season, issued: Sequence[Certificate]) -> Sequence[Certificate]:
    """The first and the last that the city's centre issued."""
    city = [each for each in issued if each.issuer_id == season.bodies["nanjing"]]
    return [*city[:1], *city[-1:]]


def _blanks(season: Season) -> None:
    """The province receives a printing and allots it; the filed body has its own."""
    keeper, at = season.by("province/blank_keeper"), season.days.before(70)
    with season.stage("空白证书入库与调拨", 2) as done:
        series = blanks.order_series(
            actor=keeper,
            at=at,
            key="示2026A",
            name="职业资格证书空白（示例印制）",
            prefix="A",
            width=8,
            paper="qualification-16",
        )
        province, city = season.bodies["province"], season.bodies["nanjing"]
        blanks.receive(
            actor=keeper,
            at=at,
            series_id=series.pk,
            organisation_id=province,
            first=1,
            last=RECEIVED,
            reference="到货单示例001",
        )
        blanks.transfer(
            actor=keeper,
            at=at + timedelta(days=5),
            series_id=series.pk,
            first=1,
            last=RECEIVED - 500,
            from_organisation_id=province,
            to_organisation_id=city,
            reference="调拨单示例001",
        )
        done()
        own = season.by("skills/blank_keeper")
        printed = blanks.order_series(
            actor=own, at=at, key="示2026S", name="技能等级证书空白（示例印制）", prefix="S", width=7, paper="level-22"
        )
        blanks.receive(
            actor=own,
            at=at,
            series_id=printed.pk,
            organisation_id=season.bodies["skills"],
            first=1,
            last=1000,
            reference="到货单示例S01",
        )
        done()


def _issue(season: Season) -> list[Certificate]:
    plan = [
        *((each, "nanjing", 16) for each in season.sittings["main"]),
        *((each, "skills", 16) for each in season.sittings["body"]),
        *((each, "nanjing", 2) for each in season.sittings["resit"]),
    ]
    held = [row for row in plan if sittings.of_id(row[0]).state == "held"]
    issued: list[Certificate] = []
    # Somebody without the office tries first.
    season.attempt(
        certificates.issue, actor=season.by("suzhou/registrar"), at=season.days.before(16), sitting_id=held[0][0]
    )
    for sitting, organiser, days in season.each("核发证书", held):
        report = season.attempt(_issue_one, season, sitting, organiser, days)
        if report is not None:
            issued += report
    season.attempt(_issue_one, season, held[0][0], held[0][1], 1)
    return issued


def _issue_one(season: Season, sitting: UUID, organiser: str, days: int) -> list[Certificate]:
    report = certificates.issue(
        actor=season.by(f"{organiser}/issuer"), at=season.days.before(days, 10), sitting_id=sitting
    )
    return list(report.issued)


def _lost(season: Season, certificate: Certificate) -> None:
    """A holder loses her certificate: without the notice it is refused, then printed again under its number."""
    issuer, at = season.by("nanjing/issuer"), season.days.before(1, 15)
    season.attempt(certificates.replace, actor=issuer, at=at, certificate_id=certificate.pk, reason="lost")
    certificates.replace(
        actor=issuer,
        at=at,
        certificate_id=certificate.pk,
        reason="lost",
        notice=f"《示例晚报》{season.days.before(6):%Y年%m月%d日}第8版遗失声明",
        basis="本人申请",
    )
    old, new = register.copies_of([certificate.pk])[certificate.pk][:2]
    season.notes.append(
        f"遗失补发一本：证书编号 {certificate.number} 不变，"
        f"流水码 {old.blank_serial} → {new.blank_serial}（备注：{new.remark}）。"
    )


def _verify(season: Season, certificate: Certificate) -> None:
    """A stranger asks, with the right name, with a wrong one, and for a number that does not exist."""
    at = season.days.before(0, 10)
    right = register.verify(certificate.number, certificate.name, at)
    wrong = register.verify(certificate.number, "王无此人", at)
    nowhere = register.verify(certificate.number[:-5] + "99999", certificate.name, at)
    same = (wrong.outcome, wrong.state) == (nowhere.outcome, nowhere.state)
    season.notes.append(
        f"陌生人查验 {certificate.number}：{right.state_label}"
        f"（{right.occupation} {right.level_name}，{right.issuer}）；"
        f"姓名不符与查无此号的答复{'完全相同' if same else '不同！'}。"
    )
