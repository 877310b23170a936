"""What cannot be done with rounds and sittings: one class for each refusal."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.refusals import Refusal

HOUSE = "kaogong-sittings-rules"


# ---------------------------------------------------------------- planning
class RoundNumberTaken(Refusal):
    """Another round bears the number."""

    message = _("批次编号 {number} 已被使用。")
    advice = _("请换一个编号，或留空由系统编号。")
    clause = Clause(HOUSE, "plan")
    field = "number"


class WindowWrong(Refusal):
    """Applications would close before they open."""

    message = _("报名期限不成立：截止须晚于开始。")
    advice = _("请核对报名起止时间。")
    clause = Clause(HOUSE, "plan")
    field = "applications_until"


class LanguageUnknown(Refusal):
    """The bank keeps no language versions in it."""

    message = _("题库没有“{language}”这种文字的版本。")
    advice = _("请从列出的文字中选择。")
    clause = Clause("kaogong-language-rules", "offered")
    field = "languages"


class NoStandard(Refusal):
    """No national standard of the occupation is in force, or it has no such level."""

    message = _("职业 {occupation} 在 {on} 没有施行中的国家标准，或标准中没有{level}级。")
    advice = _("请核对职业编码和等级；标准颁布后再编制批次。")
    clause = Clause(HOUSE, "standard")
    field = "occupation_code"


class PlanIncomplete(Refusal):
    """A sitting's plan does not hold together."""

    message = _("场次安排不成立：{reason}。")
    advice = _("请修改科目时间或考场后重试。")
    clause = Clause(HOUSE, "plan")


class RoomUnsuitable(Refusal):
    """The room is not the station's, is closed, or is of the wrong kind for the part."""

    message = _("考场“{room}”不能用于{part}：{reason}。")
    advice = _("请从该所（站）在用的考场中另选。")
    clause = Clause(HOUSE, "rooms")
    field = "rooms"


class RoomTaken(Refusal):
    """Another sitting has the room in that time; of two planned at once, the later is refused."""

    message = _("所选考场在 {period} 已安排其他场次。")
    advice = _("请换考场或换时间。")
    clause = Clause(HOUSE, "rooms")
    field = "rooms"


# ---------------------------------------------------------------- announcing
class NotReady(Refusal):
    """A check before the announcement is red. Subclasses name which."""

    message = _("{subject}：{reason}，不能公告。")
    advice = _("请在“公告前检查”页逐项处理标红的项目。")
    clause = Clause(HOUSE, "plan")


class TrackClosed(NotReady):
    """The track has no rules yet, or does not let this kind of body organise a round."""

    clause = Clause("kaogong-tracks-rules", "rules-arrive-later")


class LevelClosed(NotReady):
    """The track does not offer the level."""

    clause = Clause("labour-1993-134", "levels")


class StandardNotInForce(NotReady):
    """The round's standard is not the one in force on the day of a sitting."""

    clause = Clause(HOUSE, "standard")


class NoSittings(NotReady):
    """A round without a sitting."""


class FeesMissing(NotReady):
    """A part without its fee."""

    clause = Clause(HOUSE, "fees")


class NoticeTooShort(NotReady):
    """Fewer days between announcement and sitting than the rules ask for."""

    advice = _("请把场次安排得更晚，或按当地规定核对提前公告的天数。")
    clause = Clause("autonomous-region-flow", "announcement")


class OutsideTerritory(NotReady):
    """A station of another territory or another industry."""

    advice = _("请改用本辖区（本系统）的鉴定所（站）。")
    clause = Clause(HOUSE, "territory")


class SiteNotAllowed(NotReady):
    """The track does not allow a sitting at a body of this kind."""

    clause = Clause("labour-1993-134", "station-licence")


class OutOfScope(NotReady):
    """The station's licence does not allow this occupation and level on that day, or does not hold then."""

    advice = _("请改用有相应许可的鉴定所（站），或待许可办妥后再公告。")
    clause = Clause("labour-1993-134", "station-scope")


class NoCapacity(NotReady):
    """A sitting that holds nobody."""

    clause = Clause(HOUSE, "capacity")


class RoomClosed(NotReady):
    """A room that was taken out of use after it was planned."""

    clause = Clause(HOUSE, "rooms")


class WindowTooLate(NotReady):
    """Applications would still be open when the sitting begins."""


OF_CHECK: dict[str, type[NotReady]] = {
    "track": TrackClosed,
    "level": LevelClosed,
    "standard": StandardNotInForce,
    "sittings": NoSittings,
    "fees": FeesMissing,
    "notice": NoticeTooShort,
    "territory": OutsideTerritory,
    "site": SiteNotAllowed,
    "scope": OutOfScope,
    "capacity": NoCapacity,
    "rooms": RoomClosed,
    "window": WindowTooLate,
}
"""Which refusal a red check becomes."""


# ---------------------------------------------------------------- places
class RoundClosed(Refusal):
    """The round takes no applications any more: its window is over, or it was completed or cancelled."""

    message = _("批次 {number} 的报名已于 {closed} 截止，或该批次、场次已不再接受报名。")
    advice = _("请在“正在报名”中选择其他批次。")
    clause = Clause("autonomous-region-flow", "application")


class RoundNotOpen(Refusal):
    """The window has not begun, or the round is not announced yet."""

    message = _("批次 {number} 尚未开始报名，报名从 {opens} 开始。")
    advice = _("请在报名开始后再来。")
    clause = Clause("autonomous-region-flow", "application")


class RoundFull(Refusal):
    """Every place of the sitting is taken."""

    message = _("场次 {number} 的 {capacity} 个名额已满。")
    advice = _("请选择同一批次的其他场次；有人撤回报名时名额会重新开放。")
    clause = Clause(HOUSE, "capacity")


# ---------------------------------------------------------------- changing
class ReasonMissing(Refusal):
    """A change without its reason."""

    message = _("没有写明原因。")
    advice = _("请写明原因；它会出现在通知和公告里。")
    clause = Clause(HOUSE, "reasons")
    field = "reason"


class MoveTooLate(Refusal):
    """Fewer days before the sitting than a change must be asked for, and no emergency."""

    message = _("改期须在考试前 {days} 天以前提出，距 {held_on} 只有 {left} 天。")
    advice = _("台风、疫情等紧急情况请勾选“紧急情况”并写明原因。")
    clause = Clause(HOUSE, "change-notice")
    field = "to"


class MoveNowhere(Refusal):
    """The new day is the old one or lies in the past."""

    message = _("不能改到 {to}：{reason}。")
    advice = _("请选择另一个日期。")
    clause = Clause(HOUSE, "emergency")
    field = "to"


class NotHeldYet(Refusal):
    """A sitting is declared held before its last part has begun."""

    message = _("场次 {number} 的最后一科尚未开始，不能办理考毕。")
    advice = _("请在考试结束后办理。")
    clause = Clause(HOUSE, "plan")


class SittingsPending(Refusal):
    """A round cannot be completed while a sitting is still to come."""

    message = _("批次 {number} 还有 {count} 个场次没有考完，不能结束。")
    advice = _("请先办理各场次的考毕或取消。")
    clause = Clause(HOUSE, "plan")
