"""Why something at a sitting is refused: one class each, with the clause it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop as _

from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.refusals import Refusal

HOUSE = "kaogong-delivery-rules"


class PaperDoesNotFit(Refusal):
    """The paper is void, or of another occupation, level or standard than the round's."""

    message = _("试卷“{paper}”与本场次的职业、等级或标准不符，或已作废，不能下发。")
    advice = _("请选用本职业本等级、按现行标准组成并已封存的试卷。")
    clause = Clause(HOUSE, "papers")


class LanguageIncomplete(Refusal):
    """Too few questions of the paper have an approved version in a language that the round offers."""

    message = _("试卷“{paper}”只有 {count} / {total} 题有{language}的审定译文，至少要 {least} 题，不能下发。")
    advice = _("请在题库的“语言版本”中补齐译文，或另组一份译文齐全的试卷。")
    clause = Clause("kaogong-language-rules", "share")


class PartHasNoPaper(Refusal):
    """Theory needs a paper, and only theory does."""

    message = _("“{part}”不使用理论试卷。")
    clause = Clause(HOUSE, "papers")


class AlreadyDelivered(Refusal):
    """This paper lies at this part (and wave) already."""

    message = _("试卷“{paper}”已经下发到本科目。")
    clause = Clause(HOUSE, "papers")


class TooEarly(Refusal):
    """Papers open, and attempts begin, at their hour by the server's clock, not before."""

    message = _("开考时间为 {starts_at}，现在还不能{deed}。")
    advice = _("请等到开考时间；以服务器时钟为准。")
    clause = Clause(HOUSE, "papers")


class AlreadyReleased(Refusal):
    """The papers due now are open already: someone else was faster."""

    message = _("到时的试卷已于 {released_at} 由 {released_by} 启封。")
    advice = _("无需再次启封，考生可以开始作答。")
    clause = Clause(HOUSE, "papers")


class NotReleased(Refusal):
    """The paper has not been released: nothing can be begun."""

    message = _("试卷尚未启封，请等待监考员宣布开始。")
    advice = _("页面会自动刷新；启封后即可开始。")
    clause = Clause(HOUSE, "papers")


class NoPaperDelivered(Refusal):
    """No paper lies at this part for this wave."""

    message = _("本科目还没有下发试卷。")
    advice = _("请联系组织机构下发试卷。")
    clause = Clause(HOUSE, "papers")


class RoomNotYet(Refusal):
    """Rooms open on the day, when the tickets are out."""

    message = _("考场只能在考试当日（{day}）、准考证发布之后开放。")
    advice = _("如场次改期，请核对新的日期。")
    clause = Clause(HOUSE, "rooms")


class AlreadyOpen(Refusal):
    """Every seat has its attempt already."""

    message = _("考场已经开放，全部座位均已建立应试记录。")
    clause = Clause(HOUSE, "rooms")


class NoSeats(Refusal):
    """Nobody is seated at this part."""

    message = _("本科目没有安排考生座位。")
    advice = _("请先编排考场并发布准考证。")
    clause = Clause(HOUSE, "rooms")


class IdentityMismatch(Refusal):
    """The document shown is not the one of the candidate of this seat."""

    message = _("证件号码末位与报名时的证件不符。")
    advice = _("请核对证件与本人；确属本人而证件已更换的，请联系组织机构更正。")
    clause = Clause("theory-room-rules", "identity")
    field = "document_tail"


class LateEntry(Refusal):
    """The candidate came too late to be let in."""

    message = _("开考已超过 {minutes} 分钟，不准入场。")
    advice = _("请按“迟到不准入场”登记。")
    clause = Clause("theory-room-rules", "late-entry")


class NotLateYet(Refusal):
    """The candidate is still in time, or may still come: neither late nor absent yet."""

    message = _("开考未满 {minutes} 分钟，不能登记为{outcome}。")
    advice = _("请在 {until} 之后登记。")
    clause = Clause("theory-room-rules", "late-entry")


class NoEntry(Refusal):
    """Ticket, document or room code does not fit: one answer for all, and for tickets that do not exist."""

    message = _("准考证号、证件末四位或考场口令不正确。")
    advice = _("请对照准考证和监考员屏幕上的口令重新输入；仍不能进入请举手。")
    clause = Clause(HOUSE, "machine")


class EntryPaused(Refusal):
    """Too many wrong tries for this ticket, or from this place: a pause, whether or not the ticket exists."""

    message = _("输错次数过多，请 {seconds} 秒后再试。")
    advice = _("请核对准考证号、证件末四位和考场口令；仍不能进入请举手。")
    clause = Clause(HOUSE, "machine")


class NotCheckedIn(Refusal):
    """All three were right, but the invigilator has not checked the candidate in, or the attempt is over."""

    message = _("您当前为“{state}”，不能进入作答。")
    advice = _("请举手，由监考员核验签到。")
    clause = Clause("theory-room-rules", "identity")


class TimeOver(Refusal):
    """The clock ran out, and the time for what was under way as well."""

    message = _("作答时间已于 {ends_at} 结束，不再接收作答。")
    advice = _("此前已保存的作答全部有效。因故障未能传出的，请立即报告监考员。")
    clause = Clause(HOUSE, "clock")


class UnreadableAnswers(Refusal):
    """An entry names no question of the paper, or an answer it cannot have, or sequence numbers from 1 are broken."""

    message = _("收到的第 {sequence} 条作答无法识别，未予保存。")
    advice = _("请刷新页面重试；本机的作答记录不会丢失。")
    clause = Clause(HOUSE, "answers")


class AlreadyHandedIn(Refusal):
    """Handed in already: the receipt is the same one."""

    message = _("您已于 {submitted_at} 交卷，回执号 {number}。")
    advice = _("交卷只有一次，无需重复操作。")
    clause = Clause(HOUSE, "hand-in")
    receipt: Mapping[str, Any] = {}

    def __init__(self, *, receipt: Mapping[str, Any]) -> None:
        super().__init__(submitted_at=receipt.get("submitted_at", ""), number=receipt.get("number", ""))
        self.receipt = receipt


class UnknownIncident(Refusal):
    """Not a kind of incident that may be chosen for this deed."""

    message = _("不能按“{kind}”登记。")
    advice = _("请从所列类型中选择，并写明经过。")
    clause = Clause(HOUSE, "incidents")
    field = "kind"


class IncidentWithoutWords(Refusal):
    """What happened must be told."""

    message = _("请写明经过。")
    clause = Clause(HOUSE, "incidents")
    field = "text"


class ExtensionTooLong(Refusal):
    """More time than one extension may give."""

    message = _("一次补时应为 1 至 {most} 分钟。")
    clause = Clause(HOUSE, "extension")
    field = "minutes"


class ExtendedEnough(Refusal):
    """All extensions of one candidate together have reached their bound."""

    message = _("本科目累计补时不得超过 {most} 分钟。")
    advice = _("故障不能排除的，请报告考区负责人，按规定安排重考。")
    clause = Clause(HOUSE, "extension")
    field = "minutes"


class AlreadyDrawn(Refusal):
    """The tasks were drawn: a second draw would be a choice."""

    message = _("操作技能试题已经抽定（种子 {seed}），不能重抽。")
    clause = Clause("skill-bank-practice", "draw")


class NothingToDraw(Refusal):
    """The part is not practical, or the bank has no tasks for this standard and level."""

    message = _("本科目没有可抽取的操作技能试题。")
    advice = _("请先在题库中准备本职业本等级的操作技能试题。")
    clause = Clause("skill-bank-practice", "draw")


class NotDrawn(Refusal):
    """A practical attempt cannot begin before the tasks are drawn."""

    message = _("操作技能试题尚未抽取。")
    advice = _("请先由现场人员抽题。")
    clause = Clause("skill-bank-practice", "draw")


class PreparationNotYet(Refusal):
    """The station learns what to prepare from a day before the sitting, not at any time."""

    message = _("准备通知单自 {since} 起才能打印。")
    advice = _("请届时再来打印。确需提前备料的，请与组织机构商定。")
    clause = Clause(HOUSE, "preparation")


class MustStandAside(Refusal):
    """The examiner is related to the candidate."""

    message = _("您与该考生有应回避的关系，不能评分。")
    advice = _("请报告考评组长，由其他考评员评分。")
    clause = Clause(HOUSE, "sheets")


class SheetFaulty(Refusal):
    """Rows are missing, unknown, out of range or off the step; nothing was signed."""

    message = _("评分记录表有 {count} 处不符合要求：{places}。")
    advice = _("每个要素都须给分，在 0 与该要素分值之间，最小 {step} 分。")
    clause = Clause(HOUSE, "sheets")
    faults: Mapping[str, str] = {}


class SafetyNeedsWords(Refusal):
    """A breach of the safety rules ends the module with zero and must be told."""

    message = _("判定违反安全操作规程的，须写明事实。")
    clause = Clause("skill-bank-practice", "safety")
    field = "note"


class AlreadySigned(Refusal):
    """This examiner's sheet for this module is signed and fixed."""

    message = _("您已于 {signed_at} 签字，评分记录表不能修改。")
    advice = _("如有登记差错，由成绩复核程序更正。")
    clause = Clause(HOUSE, "sheets")


class StillWorking(Refusal):
    """Candidates are still within their time."""

    message = _("还有 {count} 名考生在作答时间之内或可能到场，不能结束考试。")
    advice = _("请等待交卷，或等到本批结束时间 {until}。")
    clause = Clause(HOUSE, "closing")


class SheetsMissing(Refusal):
    """Score sheets are not complete."""

    message = _("还有 {count} 名考生的评分记录表没有签完，不能结束考试。")
    advice = _("请考评员完成评分；每名考生须有不少于 {least} 名考评员评分。")
    clause = Clause(HOUSE, "closing")


class AlreadyClosed(Refusal):
    """The part was closed before."""

    message = _("本科目已于 {closed_at} 结束。")
    clause = Clause(HOUSE, "closing")


class CustodiansMissing(Refusal):
    """A paper of this level is not delivered before its custodians are named."""

    message = _("本等级的理论试卷须先指定密钥保管人，才能下发。")
    advice = _("请在“密钥保管”页指定保管人后再下发。")
    clause = Clause(HOUSE, "custodians")


class PapersAlreadyThere(Refusal):
    """Papers lie at the part: who holds the shares of their key is fixed."""

    message = _("本科目的试卷已经下发，保管人不能再指定或更换。")
    advice = _("份额不足时，可在开考前规定时段内申请应急启封。")
    clause = Clause(HOUSE, "custodians")


class CustodiansTooFew(Refusal):
    """Fewer custodians, or a lower threshold, than the rule; or a threshold that leaves nobody to be missed."""

    message = _("保管人不得少于 {custodians} 名，启封份数不得少于 {threshold} 份，且须少于保管人数。")
    advice = _("请调整保管人和启封份数，至少容许一人缺席。")
    clause = Clause(HOUSE, "custodians")
    field = "threshold"


class MayNotKeep(Refusal):
    """On the part's panel, one of its candidates, or bound to stand aside for one."""

    message = _("{name}不能保管本科目的密钥：{reasons}。")
    advice = _("请改由与本场考试没有关系的在岗人员保管。")
    clause = Clause(HOUSE, "custodians")


class PassphraseTooShort(Refusal):
    """The passphrase is all that keeps the server itself out: it must be long."""

    message = _("保管口令至少 {least} 个字符，且不能只是一个字符的重复。")
    advice = _("建议用四个互不相干的词连成一句，记在脑中，不要存在本系统的机器上。")
    clause = Clause(HOUSE, "custodians")
    field = "passphrase"


class WrongPassphrase(Refusal):
    """The passphrase does not open the custodian's key."""

    message = _("保管口令不正确，份额没有交出。")
    advice = _("请按设置时的口令重新输入。确已遗忘的，请报告考务人员：其他保管人凑足份数即可启封。")
    clause = Clause(HOUSE, "custodians")
    field = "passphrase"


class HandInPaused(Refusal):
    """Too many wrong passphrases for one share: a pause."""

    message = _("口令输错次数过多，请 {seconds} 秒后再试。")
    clause = Clause(HOUSE, "custodians")
    field = "passphrase"


class HandInTooEarly(Refusal):
    """Shares are taken in only shortly before the start."""

    message = _("密钥份额自 {opens_at} 起交出，现在还不收。")
    advice = _("请到时再来；份额早交会早早集中在服务器上。")
    clause = Clause(HOUSE, "custodians")


class ShareAlreadyHandedIn(Refusal):
    """This custodian's share lies here already."""

    message = _("您的份额已于 {handed_at} 交出，无需再交。")
    clause = Clause(HOUSE, "custodians")


class CustodyOver(Refusal):
    """The papers were released, or the custody given up: no share is needed any more."""

    message = _("本科目的试卷已经启封或已转入应急启封，不再需要份额。")
    clause = Clause(HOUSE, "custodians")


class ShareSpoiled(Refusal):
    """A share is not what was dealt: somebody altered it."""

    message = _("第 {number} 份密钥份额（保管人{name}）与分发时的摘要不符，不能使用。")
    advice = _("请立即报告：份额被改动过。其余保管人凑足份数仍可启封。")
    clause = Clause(HOUSE, "custodians")


class SharesMissing(Refusal):
    """Too few shares were handed in to open the papers."""

    message = _("密钥份额还不够：已交 {handed} 份，需要 {threshold} 份。")
    advice = _("请通知保管人在自己的页面交出份额；确实凑不齐的，申请应急启封。")
    clause = Clause(HOUSE, "custodians")


class SharesEnough(Refusal):
    """No emergency: enough shares are here."""

    message = _("已交份额足够，可以正常启封，不需要应急启封。")
    clause = Clause(HOUSE, "emergency-release")


class NoEmergencyYet(Refusal):
    """Before the window nobody can be late with a share."""

    message = _("{opens_at} 起才能申请应急启封。")
    advice = _("在此之前请联系保管人按时交出份额。")
    clause = Clause(HOUSE, "emergency-release")


class EmergencyWithoutReason(Refusal):
    """An emergency must be told."""

    message = _("请写明应急启封的事由。")
    clause = Clause(HOUSE, "emergency-release")
    field = "reason"


class EmergencyNotAsked(Refusal):
    """Nobody asked for an emergency release, so there is nothing to approve."""

    message = _("没有待核准的应急启封申请。")
    clause = Clause(HOUSE, "emergency-release")


class TwoHandsNeeded(Refusal):
    """Who asked for the emergency release does not approve it."""

    message = _("申请应急启封的人不能自己核准。")
    advice = _("请由另一名考务人员核准。")
    clause = Clause(HOUSE, "emergency-release")
