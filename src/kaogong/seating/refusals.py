"""Why seats, tickets and panels are refused: one class each, with its clause."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_noop as _

from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.refusals import Refusal
from kaogong.seating.rules import PanelCheck

HOUSE = "kaogong-seating-rules"


class SeatsPublished(Refusal):
    """The tickets are out: seats stay as they are."""

    message = _("场次 {number} 当前为“{state}”，座位不能再改动。")
    advice = _("个别考生的问题请在考务办公室登记处理。")
    clause = Clause(HOUSE, "publication")


class NobodyToSeat(Refusal):
    """No admitted candidate has paid."""

    message = _("场次 {number} 没有审核通过并已缴费的考生。")
    advice = _("请先完成资格审核与收费。")
    clause = Clause(HOUSE, "arrangement")


class TooFewPlaces(Refusal):
    """A part has fewer places than candidates."""

    message = _("{part}的考场共 {places} 个座位（工位），考生 {candidates} 人，坐不下。")
    advice = _("请增加考场或批次。")
    clause = Clause(HOUSE, "arrangement")


class SeedMissing(Refusal):
    """A drawing without a seed."""

    message = _("没有填写随机种子。")
    advice = _("请公开抽取一个种子，例如当众摇出的数字。")
    clause = Clause(HOUSE, "arrangement")
    field = "seed"


class SeatTaken(Refusal):
    """Somebody sits there; of two who asked at once the other was faster."""

    message = _("第 {room} 考场第 {wave} 批 {seat} 号座位已有考生。")
    advice = _("请刷新座位图，选择空座位。")
    clause = Clause(HOUSE, "one-seat")


class NoSuchSeat(Refusal):
    """The room has no such place in that wave."""

    message = _("该科目没有第 {room} 考场第 {wave} 批 {seat} 号座位。")
    advice = _("请从座位图中选择。")
    clause = Clause(HOUSE, "one-seat")


class AlreadyThere(Refusal):
    """The candidate sits there; perhaps somebody else moved her a moment ago."""

    message = _("{name}已经坐在第 {room} 考场第 {wave} 批 {seat} 号。")
    advice = _("请刷新座位图查看；可能已由他人调换。")
    clause = Clause(HOUSE, "exchange")


class SeatChanged(Refusal):
    """Since the plan was looked at, somebody else changed one of the two seats."""

    message = _("您查看之后，座位已由他人调换。")
    advice = _("请刷新座位图，按现在的座位重新办理。")
    clause = Clause(HOUSE, "exchange")


class ExchangeReasonMissing(Refusal):
    """Tickets are out, and no reason was given for another seat."""

    message = _("准考证已经发布，调换座位须写明原因。")
    advice = _("请写明原因，例如考生行动不便、设备故障。")
    clause = Clause(HOUSE, "exchange")
    field = "reason"


class ExchangeTooLate(Refusal):
    """The part has begun for one of those who would change places."""

    message = _("{part}已于 {at} 开考，不能再调换座位。")
    advice = _("开考之后的情况由监考员在考场记录中登记。")
    clause = Clause(HOUSE, "exchange")


class NeighboursAlike(Refusal):
    """The exchange would seat people of one school or employer side by side."""

    message = _("调换后将有 {more} 对同校或同单位考生相邻。")
    advice = _("请另选座位；确有必要的，请勾选“允许相邻”并在原因中说明。")
    clause = Clause(HOUSE, "arrangement")
    field = "accept"


class TicketVoid(Refusal):
    """The ticket that was shown gave way to another when its holder's seat changed."""

    message = _("这张准考证已经作废：{name}调换了座位，新的准考证号为 {number}。")
    advice = _("请按新的准考证号核验；考生可以在门口重新打印。")
    clause = Clause(HOUSE, "exchange")
    field = "ticket_number"


class SeatsStale(Refusal):
    """The seats do not match the candidates any more."""

    message = _("座位与考生名单不一致：{missing} 人没有座位，{surplus} 个座位的考生已不在名单。")
    advice = _("请重新编排座位后再发布。")
    clause = Clause(HOUSE, "publication")


class PanelIncomplete(Refusal):
    """A part lacks people; `checks` are those that failed."""

    message = _("{part}的人员不齐：{reasons}。")
    advice = _("请补充人员后再发布准考证。")
    clause = Clause("standard-form-2018", "panel")
    checks: Sequence[PanelCheck] = ()


class TicketNumbersExhausted(Refusal):
    """A figure does not fit into the layout of ticket numbers."""

    message = _("准考证号放不下：{what}。")
    advice = _("请联系规则库管理员调整准考证号的位数。")
    clause = Clause(HOUSE, "ticket")


class UnknownRole(Refusal):
    """A role that no panel has, or that this part does not have."""

    message = _("{part}没有“{role}”这一职责。")
    advice = _("理论考试设监考员，操作技能与综合评审设考评员和组长；各科目都可派督导员。")
    clause = Clause(HOUSE, "one-duty")
    field = "role"


class CardMissing(Refusal):
    """Examiners and supervisors need a card."""

    message = _("担任{role}须持证卡，没有找到可用的证卡。")
    advice = _("请选择持有相应证卡的人员。")
    clause = Clause(HOUSE, "card")
    field = "card"


class CardNotValid(Refusal):
    """The card does not allow this assessment on that day."""

    message = _("{name}不能考评本场：{reasons}。")
    advice = _("请改派证卡有效、职业与等级相符的考评员。")
    clause = Clause(HOUSE, "card")
    field = "card"


class MustStandAside(Refusal):
    """The person is related to a candidate, taught or employs one."""

    message = _("{name}应当回避：{reasons}。")
    advice = _("请改派他人，或调整考生的场次。")
    clause = Clause("examiner-avoidance", "avoidance")
    field = "card"


class OwnEmployer(Refusal):
    """The examiner would assess people of the same employer."""

    message = _("{name}与考生{candidates}同属“{employer}”，不得考评本单位考生。")
    advice = _("请改派外单位的考评员。")
    clause = Clause(HOUSE, "employer")
    field = "card"


class AlreadyOnDuty(Refusal):
    """The person has a duty at this part."""

    message = _("{name}在本科目已有职责，不能再担任{role}。")
    advice = _("请先解除原职责，或改派他人。")
    clause = Clause(HOUSE, "one-duty")


class LeaderStands(Refusal):
    """The part has a leader."""

    message = _("{part}已有组长。")
    advice = _("请先解除现任组长。")
    clause = Clause(HOUSE, "panel")
    field = "role"


class WrongRoom(Refusal):
    """The room is not one of this part's."""

    message = _("所选考场不属于本科目。")
    advice = _("请从本科目的考场中选择。")
    clause = Clause(HOUSE, "panel")
    field = "room"


class RoomMissing(Refusal):
    """An invigilator without a room."""

    message = _("监考员须指定考场。")
    advice = _("请选择考场。")
    clause = Clause(HOUSE, "panel")
    field = "room"
