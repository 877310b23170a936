"""Why something about marks and results is refused: one class each, with the clause it rests on."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.refusals import Refusal

HOUSE = "kaogong-scoring-rules"


class NotClosed(Refusal):
    """Marks are given when the part is over and everything is sealed."""

    message = _("“{part}”尚未结束考试、封存作答，不能评分。")
    advice = _("请等待考场结束考试。")
    clause = Clause(HOUSE, "marking")


class AnswersAltered(Refusal):
    """Answers or score sheets are not what was handed in: somebody wrote to the database behind the program."""

    message = _("下列交卷回执与库中的作答或评分记录不符：{receipts}。未评分。")
    advice = _("数据在封存后被改动，请立即报告主管部门，保全数据库与考生所持回执。")
    clause = Clause(HOUSE, "marking")


class MarksAltered(Refusal):
    """Marks or the records of who sat are not what the trail vouches for: somebody wrote behind the program."""

    message = _("有 {count} 份记录（{what}）与轨迹登记的内容不符：数据库曾被绕过系统改动。未办理。")
    advice = _("请立即报告主管部门，保全数据库，并运行轨迹核验找出被改动的记录。")
    clause = Clause(HOUSE, "marking")


class AnswersUnmarked(Refusal):
    """Written answers wait for their markers."""

    message = _("“{part}”还有 {count} 份书写作答没有评完，不能评分。")
    advice = _("请等待阅卷完成：每份由两人评，相差过大的由第三人评。")
    clause = Clause(HOUSE, "hand-marking")


class GradedAlready(Refusal):
    """A marker gives one mark to an answer, and no answer gets more than it needs."""

    message = _("这份作答您已评过，或者已由足够的人评完。")
    advice = _("请评下一份。")
    clause = Clause(HOUSE, "hand-marking")


class HandMarksFaulty(Refusal):
    """A mark is missing, outside its criterion, or between the steps."""

    message = _("要点 {places} 的得分没有填、超出范围，或者不是 {step} 分的整倍数。")
    clause = Clause(HOUSE, "hand-marking")
    field = "marks"


class NotMarked(Refusal):
    """A result needs the marks of every part."""

    message = _("还有 {count} 份应试没有评分，不能核算成绩。")
    advice = _("请先完成各科目的评分。")
    clause = Clause(HOUSE, "results")


class NothingToDraft(Refusal):
    """Nobody's result is left to draft."""

    message = _("本场次的成绩均已核算发布，没有待核算的考生。")
    clause = Clause(HOUSE, "results")


class NothingToFinalise(Refusal):
    """No drafted result waits: someone else was faster, or none was drafted."""

    message = _("本场次没有待发布的成绩；可能已由他人发布。")
    advice = _("请刷新页面查看。")
    clause = Clause(HOUSE, "publication")


class MarksChanged(Refusal):
    """Marks were corrected after the draft: the draft no longer says what the marks say."""

    message = _("有 {count} 名考生的成绩在核算之后又有变化，请重新核算后发布。")
    clause = Clause(HOUSE, "publication")


class MarkedByOneself(Refusal):
    """Nobody marks or publishes her own sitting."""

    message = _("您是本场次的考生，不能办理本场次的成绩。")
    advice = _("请由其他人员办理。")
    clause = Clause(HOUSE, "separation")


class RecheckTooLate(Refusal):
    """The time to ask has passed."""

    message = _("复核申请期限为成绩公布后 {days} 个工作日，已于 {until} 截止。")
    clause = Clause("recheck-practice", "deadline")


class RecheckOfCarried(Refusal):
    """The part was not sat at this sitting."""

    message = _("该科目为保留成绩，不属于本场次，不能在此申请复核。")
    clause = Clause(HOUSE, "recheck-scope")


class RecheckOfObjective(Refusal):
    """Machine-marked parts are rechecked only when they show zero or absence."""

    message = _("机器评分的科目，只有成绩为零或者缺考的才可以申请复核。")
    advice = _("计算机按标准答案评分，不存在漏评和合分差错。")
    clause = Clause("recheck-practice", "objective")


class RecheckTwice(Refusal):
    """One recheck for each part of a result."""

    message = _("该科目已经申请过复核（{state}）。")
    clause = Clause(HOUSE, "recheck-once")


class UnknownPart(Refusal):
    """The result has no such part."""

    message = _("成绩中没有这个科目。")
    clause = Clause(HOUSE, "recheck-scope")
    field = "part"


class RecheckWithoutReason(Refusal):
    """What is doubted must be said."""

    message = _("请写明申请复核的理由。")
    clause = Clause(HOUSE, "recheck-scope")
    field = "reason"


class RecheckWithoutFinding(Refusal):
    """A decision must say what was found."""

    message = _("请写明复核结论。")
    clause = Clause(HOUSE, "recheck-decision")
    field = "finding"


class DecidedByTheMarker(Refusal):
    """Who gave the mark does not decide on it."""

    message = _("您参与了该科目的评分，不能复核自己的评分。")
    advice = _("请由其他人员复核。")
    clause = Clause(HOUSE, "recheck-decision")


class NotClerical(Refusal):
    """Only omission, adding and entry are corrected; judgement is not reviewed."""

    message = _("复核只更正漏评、合分、登分差错，不重新评判。")
    clause = Clause("recheck-practice", "clerical")
    field = "kind"


class CorrectionFaulty(Refusal):
    """The corrected mark is none, or is the same as before."""

    message = _("更正后的成绩应为 0 至 100、至多两位小数，并且与原成绩不同。")
    clause = Clause(HOUSE, "recheck-decision")
    field = "value"


class ObjectionTooLate(Refusal):
    """The days to object have passed."""

    message = _("对试题提出异议的期限是{after}后 {days} 个工作日，已于 {until} 截止。")
    advice = _("仍有疑问的，可以书面向鉴定机构反映；题库会参考您的意见，但不再改动成绩。")
    clause = Clause(HOUSE, "objection-days")


class ObjectionToWhatWasNotSat(Refusal):
    """Only who handed in this paper objects to its questions."""

    message = _("这个科目没有交卷封存的作答，不能对试题提出异议。")
    clause = Clause(HOUSE, "objection")


class NoSuchQuestion(Refusal):
    """The paper has no question of that number."""

    message = _("您的试卷没有第 {number} 题，共 {count} 题。")
    advice = _("请按您考试时看到的题号填写。")
    clause = Clause(HOUSE, "objection")
    field = "number"


class ObjectionWithoutWords(Refusal):
    """What is wrong must be said, and of what kind it is."""

    message = _("请选择异议类型，并写明这道题哪里有问题。")
    clause = Clause(HOUSE, "objection")
    field = "text"


class ObjectedAlready(Refusal):
    """She objected to this question before."""

    message = _("您已经对第 {number} 题提出过异议。")
    advice = _("裁定后会通知您，也在本页公布。")
    clause = Clause(HOUSE, "objection")
    field = "number"


class TooManyObjections(Refusal):
    """The number that one candidate may object to is used up."""

    message = _("每名考生对一个科目最多提出 {most} 道题的异议，您已提满。")
    advice = _("请等待裁定；其他考生提出的异议成立时，对您同样有效。")
    clause = Clause(HOUSE, "objection-number")


class RuledAlready(Refusal):
    """The question was decided on before."""

    message = _("这道题的异议已有裁定（{number}：{state}）。")
    advice = _("裁定的理由和影响已经公布。")
    clause = Clause(HOUSE, "objection-ruling")
    field = "number"


class HadAHandInIt(Refusal):
    """Who wrote, reviewed or approved the item, sat it, or objected to it does not decide on it."""

    message = _("您{role}，不能裁定对它的异议。")
    advice = _("请由另一位没有参与这道题的专家裁定。")
    clause = Clause(HOUSE, "objection-ruling")


class RulingWithoutReason(Refusal):
    """A ruling is published with its reason."""

    message = _("请写明裁定理由；理由会公布，请不要写出题目内容。")
    clause = Clause(HOUSE, "objection-ruling")
    field = "reason"


class RulingFaulty(Refusal):
    """The answers do not fit the question or the effect that was chosen."""

    message = _("裁定的答案不合要求：{why}。")
    clause = Clause(HOUSE, "objection-effect")
    field = "answers"


class RescoredByTheJudge(Refusal):
    """Who ruled on the question does not change the marks: two persons sign."""

    message = _("您裁定了这道题，不能再办理它的重新评分。")
    advice = _("裁定和重新评分须由两个人签字；请由成绩管理人员办理。")
    clause = Clause(HOUSE, "rescoring")


class PreviewOutdated(Refusal):
    """Marks changed between the preview and the signature."""

    message = _("名单在您查看之后有了变化，没有办理。")
    advice = _("请重新查看名单后再签字。")
    clause = Clause(HOUSE, "rescoring")


class RecheckStillOpen(Refusal):
    """A recheck of a result that would change is not yet answered."""

    message = _("有 {count} 名受影响考生的成绩复核尚未答复，不能重新评分。")
    advice = _("请先答复这些复核。")
    clause = Clause(HOUSE, "rescoring")
