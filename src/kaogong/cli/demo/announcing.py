"""Chapter two: rounds are drafted with their sittings, some are refused, and the good ones are announced."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from math import ceil
from uuid import UUID

from kaogong.cli.demo import translating
from kaogong.cli.demo.season import BEIJING, OCCUPATION, Season
from kaogong.sittings import services as sittings
from kaogong.sittings.services import PartPlan

TRACK = "social"
WAVES = 3
PLACES_A_DAY = 72  # a site's theory rooms hold 3 × 24, its work places 2 × 12 in three waves
SITES = ("xuanwu", "qixia", "jiangning", "skills")


@dataclass(frozen=True, slots=True)
class Plan:
    """A round as the season plans it: who organises, at which sites, when."""

    key: str
    name: str
    organiser: str
    level: int
    announced: int
    window: tuple[int, int]
    sites: tuple[str, ...]
    days: tuple[date, ...]


def plans(season: Season) -> list[Plan]:
    """The season's rounds: the main one, that of the filed body, the resit round, and the one still open today."""
    days = season.days
    main_days = tuple(days.weekends(60, min(7, ceil(season.size / (len(SITES) * PLACES_A_DAY)))))
    resit_days = tuple(days.weekends(14, 1))
    ahead = tuple(days.weekends(-40, 2))
    return [
        Plan("main", "秋季电工五级鉴定", "nanjing", 5, 108, (96, 72), SITES[:3], main_days),
        Plan("body", "秋季电工五级技能等级认定", "skills", 5, 107, (96, 72), SITES[3:], main_days),
        Plan("resit", "电工五级补考", "nanjing", 5, 56, (27, 20), ("xuanwu",), resit_days),
        Plan("open", "冬季电工四级鉴定", "nanjing", 4, 12, (8, -20), ("xuanwu", "qixia"), ahead),
    ]


def announce(season: Season) -> None:
    """Play the chapter."""
    _refused(season)
    for plan in season.each("批次公告", plans(season)):
        _plan(season, plan)


def _plan(season: Season, plan: Plan) -> None:
    registrar, at = season.by(f"{plan.organiser}/registrar"), season.days.before(plan.announced)
    round_ = sittings.draft_round(
        actor=registrar,
        at=at,
        name=f"{season.days.today.year}年{plan.name}",
        track=TRACK,
        organisation_id=season.bodies[plan.organiser],
        occupation_code=OCCUPATION,
        level=plan.level,
        applications_from=season.days.before(plan.window[0]),
        applications_until=season.days.before(plan.window[1], 17, 30),
        languages=translating.LANGUAGES if plan.key in ("main", "open") else (),
        notice="请携带身份证件原件。报名、缴费、打印准考证均可在网上办理；不会上网的，可到鉴定站窗口由工作人员代办。",
    )
    season.rounds[plan.key] = round_.pk
    for day in plan.days:
        for site in plan.sites:
            planned = _sitting(
                season, registrar_key=f"{plan.organiser}/registrar", round_id=round_.pk, site=site, day=day, at=at
            )
            season.sittings.setdefault(plan.key, []).append(planned)
    sittings.announce(actor=registrar, at=at, round_id=round_.pk)


def _sitting(season: Season, *, registrar_key: str, round_id: UUID, site: str, day: date, at: datetime) -> UUID:
    """Theory in the morning, the skill part in three waves after it."""
    made = sittings.add_sitting(
        actor=season.by(registrar_key),
        at=at,
        round_id=round_id,
        station_id=season.stations[site],
        held_on=day,
        parts=[
            PartPlan("theory", datetime.combine(day, time(8, 30), BEIJING), season.rooms[f"{site}/theory"]),
            PartPlan("skill", datetime.combine(day, time(10, 30), BEIJING), season.rooms[f"{site}/practical"], WAVES),
        ],
    )
    return made.pk


def _refused(season: Season) -> None:
    """What a registrar may not announce: a site out of scope, and one in another city's territory."""
    at, registrar = season.days.before(109), season.by("nanjing/registrar")
    for site, day in (("pukou", 58), ("gusu", 57)):
        round_ = sittings.draft_round(
            actor=registrar,
            at=at,
            name=f"{season.days.today.year}年拟在{'浦口' if site == 'pukou' else '苏州'}举行的电工五级鉴定",
            track=TRACK,
            organisation_id=season.bodies["nanjing"],
            occupation_code=OCCUPATION,
            level=5,
            applications_from=season.days.before(98),
            applications_until=season.days.before(72),
        )
        held_on = season.days.before(day).date()
        made = season.attempt(
            _sitting, season, registrar_key="nanjing/registrar", round_id=round_.pk, site=site, day=held_on, at=at
        )
        if made is not None:
            season.attempt(sittings.announce, actor=registrar, at=at, round_id=round_.pk)
