"""What an officer does of her own accord: the deeds that each power opens, as short ways from the home."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kaogong.foundation.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A deed in the trade's words, its address and its icon."""

    label: str
    url: str
    icon: str


DEEDS: tuple[tuple[str, str, tuple[str, ...], str, str], ...] = (
    ("sittings.plan", "office:round-choose", (), gettext_noop("编制批次"), "megaphone"),
    ("registration.enter", "station:registration-new", (), gettext_noop("代考生报名"), "person-plus"),
    ("blanks.receive", "office:blanks-deed", ("receive",), gettext_noop("空白证书入库"), "box-arrow-in-right"),
    ("blanks.move", "office:blanks-deed", ("transfer",), gettext_noop("调拨空白证书"), "arrow-left-right"),
    ("blanks.see", "office:blanks-serial", (), gettext_noop("查一个流水码"), "upc-scan"),
    ("certificates.see", "office:certificates", (), gettext_noop("查一本证书"), "journal-text"),
    ("itembank.write", "office:item-new", (), gettext_noop("命题"), "pencil-square"),
    ("itembank.import", "office:import-new", (), gettext_noop("导入试题"), "upload"),
    ("itembank.assemble", "office:paper-new", (), gettext_noop("组卷"), "file-earmark-plus"),
    ("itembank.view", "office:bank", (), gettext_noop("题库覆盖情况"), "pie-chart"),
    ("personnel.grant", "office:card-new", (), gettext_noop("发放证卡"), "person-badge"),
    ("persons.enter", "office:person-enter", (), gettext_noop("录入人员"), "person-vcard"),
    ("stations.license", "office:station-new", (), gettext_noop("登记鉴定所（站）"), "building"),
    ("organisations.edit", "office:organisations-establish", (), gettext_noop("登记机构"), "diagram-3"),
    ("access.appoint", "office:account-open", (), gettext_noop("开设账号"), "key"),
    ("access.appoint", "office:post-appoint", (), gettext_noop("任命岗位"), "person-workspace"),
    ("access.view", "office:post-roles", (), gettext_noop("岗位与权限表"), "table"),
    ("regulations.edit", "office:rules-figure", (), gettext_noop("录入规定数值"), "book"),
    ("calendar.edit", "office:calendar", (), gettext_noop("推算期限"), "calendar3"),
    ("audit.read", "office:trail", (), gettext_noop("查审计轨迹"), "search"),
    ("audit.seal", "office:trail-check", (), gettext_noop("核验轨迹"), "shield-check"),
)
"""Power, route with its arguments, words and icon, in the order of the trade."""


def shortcuts_of(actor: Actor) -> list[Shortcut]:
    """The deeds that the actor's powers open."""
    return [
        Shortcut(_(label), reverse(route, args=args), icon)
        for power, route, args, label, icon in DEEDS
        if actor.holds(power)
    ]
