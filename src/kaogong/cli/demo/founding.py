"""Chapter one: the bodies of Jiangsu, who works there, the stations with their licences and rooms, and the examiners.

Institution codes: Jiangsu's 10 and the tobacco industry's 72 are the two that a source confirms; prefecture digits are
the provincial centre's to give, and are invented here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from kaogong.cli.demo.season import OCCUPATION, OCCUPATION_NAME, Season
from kaogong.foundation.access import selectors as access
from kaogong.foundation.access import services as accounts
from kaogong.foundation.identity import services as identity
from kaogong.foundation.kernel.actors import service
from kaogong.foundation.organisations import selectors as organisations
from kaogong.foundation.organisations import services as founding
from kaogong.personnel import services as personnel
from kaogong.stations import services as stations

OPENED = date(2005, 3, 1)
FOUNDER = service("演示：机构设立", "organisations.edit", "access.appoint", door="shell")


@dataclass(frozen=True, slots=True)
class Body:
    """A body of the season: how the chapters call it, and what it is."""

    key: str
    name: str
    kind: str
    region: str
    parent: str = ""
    code: str | None = None
    filed: str | None = None
    industry: str = ""
    address: str = ""


BODIES = (
    Body("department", "江苏省人力资源和社会保障厅", "provincial_department", "320000"),
    Body("province", "江苏省职业技能鉴定中心", "provincial_centre", "320000", "department", code="10000001"),
    Body("nanjing", "南京市职业技能鉴定中心", "prefecture_centre", "320100", "province", code="10010001"),
    Body("suzhou", "苏州市职业技能鉴定中心", "prefecture_centre", "320500", "province", code="10050001"),
    Body("tobacco", "烟草行业职业技能鉴定中心", "industry_centre", "", industry="72", code="72000001"),
    Body(
        "xuanwu",
        "南京市玄武电工职业技能鉴定站",
        "station",
        "320102",
        "nanjing",
        code="10012003",
        address="玄武区珠江路示例1号",
    ),
    Body(
        "qixia",
        "南京市栖霞职业技能鉴定所",
        "station",
        "320113",
        "nanjing",
        code="10011002",
        address="栖霞区仙林示例大道2号",
    ),
    Body(
        "jiangning",
        "南京市江宁职业技能鉴定站",
        "station",
        "320115",
        "nanjing",
        code="10012005",
        address="江宁区示例路5号",
    ),
    Body(
        "pukou", "南京市浦口职业技能鉴定站", "station", "320111", "nanjing", code="10012006", address="浦口区示例街6号"
    ),
    Body("gusu", "苏州市姑苏职业技能鉴定站", "station", "320508", "suzhou", code="10052001", address="姑苏区示例巷1号"),
    Body(
        "leaf",
        "烟草行业南京特有工种职业技能鉴定站",
        "station",
        "320105",
        "tobacco",
        code="72003018",
        industry="72",
        address="建邺区示例路72号",
    ),
    Body(
        "skills",
        "江苏示例技能评价中心",
        "social_body",
        "320106",
        "nanjing",
        filed="S000032000101",
        address="鼓楼区示例东路9号",
    ),
    Body("college", "南京示例机电技师学院", "college", "320115", "nanjing", address="江宁区学府示例路10号"),
    Body("college2", "南京示例交通职业技术学院", "college", "320113", "nanjing", address="栖霞区学林示例路8号"),
)
# Station → theory rooms (rows × columns) and practical rooms; the licence's scope follows below.
SITES = ("xuanwu", "qixia", "jiangning", "pukou", "gusu", "leaf", "skills")
POSTS = (
    ("department", "province_director", "省厅 顾处长"),
    ("department", "auditor", "省厅 审计 严工"),
    ("province", "administrator", "省中心 管理员 周工"),
    ("province", "item_writer", "省中心 命题 沈老师"),
    ("province", "item_reviewer", "省中心 审题 姚老师"),
    ("province", "item_approver", "省中心 终审 秦老师"),
    ("province", "item_approver", "省中心 裁定 曹老师"),
    ("province", "paper_assembler", "省中心 组卷 陆工"),
    ("province", "blank_keeper", "省中心 证书库 冯师傅"),
    ("nanjing", "centre_director", "南京中心 高主任"),
    ("nanjing", "registrar", "南京中心 考务 林科长"),
    ("nanjing", "fee_clerk", "南京中心 收费 何会计"),
    ("nanjing", "scorer", "南京中心 成绩 许工"),
    ("nanjing", "issuer", "南京中心 证书 蒋工"),
    ("nanjing", "blank_keeper", "南京中心 证书库 韩师傅"),
    ("nanjing", "personnel_officer", "南京中心 考评员管理 杨工"),
    ("nanjing", "item_writer", "南京中心 命题 邵老师"),
    ("nanjing", "item_reviewer", "南京中心 审题 戴老师"),
    ("nanjing", "item_approver", "南京中心 终审 温老师"),
    ("suzhou", "registrar", "苏州中心 考务 唐科长"),
    ("xuanwu", "station_head", "玄武站 站长 曹工"),
    ("xuanwu", "station_clerk", "玄武站 考务 彭工"),
    ("qixia", "station_clerk", "栖霞所 考务 董工"),
    ("jiangning", "station_clerk", "江宁站 考务 袁工"),
    ("pukou", "station_clerk", "浦口站 考务 于工"),
    ("skills", "centre_director", "技能评价中心 主任 贺工"),
    ("skills", "registrar", "技能评价中心 考务 蔡工"),
    ("skills", "fee_clerk", "技能评价中心 收费 潘会计"),
    ("skills", "scorer", "技能评价中心 成绩 田工"),
    ("skills", "issuer", "技能评价中心 证书 姜工"),
    ("skills", "blank_keeper", "技能评价中心 证书库 范师傅"),
    ("college", "school_clerk", "机电技师学院 教务 崔老师"),
    ("college2", "school_clerk", "交通职院 教务 程老师"),
)
PASSWORD = "Kaogong-2026-demo"  # noqa: S105  # printed for everybody who plays the demo


def found(season: Season) -> None:
    """Play the chapter."""
    _bodies(season)
    _posts(season)
    _stations(season)
    _examiners(season)


def _bodies(season: Season) -> None:
    ministry = organisations.organisations_for(FOUNDER, kind="ministry").get()
    for body in season.each("机构设立", BODIES):
        made = founding.establish(
            actor=FOUNDER,
            at=season.days.before(120),
            name=body.name,
            kind=body.kind,
            region_code=body.region,
            parent_id=season.bodies.get(body.parent, ministry.pk),
            institution_code=body.code,
            evaluation_code=body.filed,
            industry_code=body.industry,
            address=body.address,
            opened_on=OPENED,
        )
        season.bodies[body.key] = made.pk


def _posts(season: Season) -> None:
    """The second holder of a post is `body/role-2`."""
    at = season.days.before(118)
    for body, role, name in season.each("岗位任命", POSTS):
        post = f"{body}/{role}-2" if f"{body}/{role}" in season.actors else f"{body}/{role}"
        login = post.replace("/", ".").replace("_", "-")
        account = accounts.open_account(actor=FOUNDER, at=at, password=PASSWORD, display_name=name, username=login)
        accounts.appoint(
            actor=FOUNDER,
            at=at,
            account_id=account.pk,
            organisation_id=season.bodies[body],
            role=role,
            since=season.days.before(118).date(),
        )
        season.actors[post] = access.actor_of(account, season.days.before(0), door="shell")
        season.logins.append((name, access.role_title(role), login))


def _stations(season: Season) -> None:
    licensing = season.by("department/province_director")
    at = season.days.before(115)
    for key in season.each("鉴定所（站）许可", SITES):
        # The industry's station lies in Nanjing but stands under its industry: its own centre licenses it.
        actor = TOBACCO if key == "leaf" else licensing
        station = stations.establish_station(
            actor=actor, at=at, organisation_id=season.bodies[key], head="示例负责人", phone="025-00000000"
        )
        since = date(season.days.today.year - 1, 1, 1)
        stations.grant_licence(
            actor=actor,
            at=at,
            station_id=station.pk,
            number=f"苏鉴{season.bodies[key].hex[-8:]}",
            since=since,
            until=since + timedelta(days=3 * 365 - 1),
            scopes=_scope(key),
            issued_by_id=season.bodies["tobacco" if key == "leaf" else "department"],
        )
        season.stations[key] = station.pk
        for number in (1, 2, 3):
            _room(season, key, f"理论{number}考场", "theory", 4, 6)
        for number in (1, 2):
            _room(season, key, f"实操{number}车间", "practical", 3, 4)


TOBACCO = service("演示：烟草行业主管", "stations.license", "stations.edit", door="shell")


def _scope(key: str) -> list[tuple[str, str, list[int]]]:
    if key == "pukou":  # licensed for another occupation only: rounds for electricians are out of its scope
        return [("6-18-02-04", "焊工", [5, 4])]
    return [(OCCUPATION, OCCUPATION_NAME, [5, 4, 3] if key == "xuanwu" else [5, 4])]


def _room(season: Season, key: str, name: str, kind: str, rows: int, columns: int) -> None:
    room = stations.add_room(
        actor=TOBACCO if key == "leaf" else season.by("department/province_director"),
        at=season.days.before(114),
        station_id=season.stations[key],
        name=name,
        kind=kind,
        rows=rows,
        columns=columns,
    )
    season.rooms.setdefault(f"{key}/{kind}", []).append(room.pk)


def _examiners(season: Season) -> None:
    """Most examiners and invigilators belong to the city's centre, some to the filed body: each sees its own."""
    crew = [
        *(("nanjing", True),) * 24,
        *(("skills", True),) * 6,
        *(("nanjing", False),) * 24,
        *(("skills", False),) * 8,
    ]
    for number, (body, is_examiner) in enumerate(season.each("考评员与监考员", crew)):
        person = _crew_member(season, body)
        if is_examiner:
            season.examiners.setdefault(body, []).append((_card(season, body, person, number), person))
        else:
            season.invigilators.setdefault(body, []).append(person)


def _crew_member(season: Season, body: str) -> UUID:
    invented = season.registry.invent(born_from=date(1966, 1, 1), born_until=date(1990, 12, 31))
    return identity.enter_person(
        actor=season.by("skills/registrar" if body == "skills" else "nanjing/personnel_officer"),
        at=season.days.before(112),
        name=invented.name,
        document_kind="resident",
        document_number=invented.document_number,
        phone=invented.phone,
        region_code="320100",
        organisation_id=season.bodies[body],
    ).pk


def _card(season: Season, body: str, person: UUID, number: int) -> UUID:
    """Every sixth is a senior examiner; cards run three years, which no source confirms for examiners."""
    today = season.days.before(111).date()
    is_senior = number % 6 == 0
    return personnel.grant_card(
        actor=season.by("department/province_director"),
        at=season.days.before(111),
        person_id=person,
        kind="senior_examiner" if is_senior else "examiner",
        number=f"苏考评{today.year}{number + 1:04d}",
        levels=[5, 4, 3, 2, 1] if is_senior else [5, 4, 3],
        since=today - timedelta(days=300),
        until=today + timedelta(days=790),
        issued_by_id=season.bodies["province"],
        region_code="320100",
        occupation_code=OCCUPATION,
        occupation_name=OCCUPATION_NAME,
        employer_id=season.bodies[body],
    ).pk
