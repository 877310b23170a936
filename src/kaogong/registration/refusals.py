"""Why an application is refused: one class each, with the clause it rests on and what to do now."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.refusals import Refusal

HOUSE = "kaogong-registration-rules"


class AlreadyRegistered(Refusal):
    """The person has a live application in this round."""

    message = _("此人在本批次已有报名 {number}，不能重复报名。")
    advice = _("请在原报名上继续办理；需要改报其他场次的，请先撤回原报名。")
    clause = Clause(HOUSE, "one-application")


class DocumentDisagrees(Refusal):
    """No person of that number and name; said in the same words whichever of the two is wrong."""

    message = _("没有找到证件号码与姓名一致的人员。")
    advice = _("请对照证件原件核对；没有登记过的，请先录入人员信息。")
    clause = Clause(HOUSE, "one-application")
    field = "document_number"


class Barred(Refusal):
    """A bar stands against the person."""

    message = _("此人因“{reason}”，在 {until} 之前（含当日）不能报名。")
    advice = _("如有异议，请向作出决定的鉴定中心申诉。")
    clause = Clause(HOUSE, "bar")


class UnknownPart(Refusal):
    """A part that the standard does not examine at this level, or none at all."""

    message = _("本等级没有“{part}”这一科目。")
    advice = _("请从公告列出的科目中选择。")
    clause = Clause(HOUSE, "parts")
    field = "parts"


class PartsMissing(Refusal):
    """A part is neither applied for nor passed before and still kept."""

    message = _("还须报考：{parts}。只有以前通过且仍在保留期内的科目可以不报。")
    advice = _("请补选科目；如以前通过，请核对成绩的保留期限。")
    clause = Clause(HOUSE, "parts")
    field = "parts"


class LanguageNotOffered(Refusal):
    """The round was not announced with that language."""

    message = _("本批次没有公布“{language}”试卷。")
    advice = _("请选公告列出的文字；需要其他文字的，请在报名前向组织机构提出。")
    clause = Clause("kaogong-language-rules", "choice")
    field = "language"


class LanguageSettled(Refusal):
    """Seats are given and tickets out, or the application is over: the paper's language stands."""

    message = _("准考证已经发布或报名已经结束，考试文字不能再改。")
    advice = _("作答时每一题都可以随时切换到中文。")
    clause = Clause("kaogong-language-rules", "choice")
    field = "language"


class OutOfRegion(Refusal):
    """The candidate neither lives nor works in the station's territory."""

    message = _("户籍（居住）地与工作地都不在{territory}，不能在此报名。")
    advice = _("请到户籍（居住）地或工作地的鉴定所（站）报名；如信息填写有误请更正。")
    clause = Clause(HOUSE, "region")
    field = "residence_code"


class ClaimFaulty(Refusal):
    """Something declared cannot be read."""

    message = _("申报的内容有误：{faults}。")
    advice = _("请改正后再提交。")
    clause = Clause(HOUSE, "claim")
    field = "facts"


class UnknownCondition(Refusal):
    """The level has no condition of that code, or none was chosen."""

    message = _("没有选定申报条件，或本等级没有编号为“{code}”的条件。")
    advice = _("请从标准列出的条件中选定一项。")
    clause = Clause(HOUSE, "conditions")
    field = "condition_code"


class NotEligible(Refusal):
    """The condition that was chosen is not met."""

    message = _("不满足申报条件 {code}：{missing}。")
    advice = _("请核对申报的经历与证书，或改选其他条件；年限算到 {on}。")
    clause = Clause("standard-form-2018", "conditions")
    field = "condition_code"


class AlreadyHolds(Refusal):
    """The person holds this level or a higher one of the same occupation."""

    message = _("已持有本职业{level}证书（{number}），不需要再申报本等级。")
    advice = _("可以申报更高等级；证书遗失的请办理补发。")
    clause = Clause(HOUSE, "already-held")


class TwoLevelsTooSoon(Refusal):
    """The place does not let one person sit two levels within so many months."""

    message = _(
        "此人 {day} 参加本职业{level}鉴定，距本场不足 {months} 个月；当地规定两个等级之间须间隔 {months} 个月。"
    )
    advice = _("请报考间隔期满之后的场次。")
    clause = Clause(HOUSE, "two-levels")


class CorrectionOverdue(Refusal):
    """A returned application came back too late."""

    message = _("补正期限 {until} 已过，报名也已截止，不能再提交。")
    advice = _("请关注下一批次的公告。")
    clause = Clause(HOUSE, "correction")


class ReviewedByApplicant(Refusal):
    """The reviewer applied, entered or submitted it."""

    message = _("审核人不能是申报人或经手录入、提交此报名的人。")
    advice = _("请由另一位审核人员办理。")
    clause = Clause(HOUSE, "review")


class NoteMissing(Refusal):
    """A decision against the applicant without its reason."""

    message = _("没有写明原因。")
    advice = _("请写明缺少或不符之处，申报人会看到这段文字。")
    clause = Clause(HOUSE, "review")
    field = "note"


class FeeAlreadyCollected(Refusal):
    """The fee was collected before."""

    message = _("已于 {day} 收费，票据号 {receipt}。")
    advice = _("请刷新页面；如重复收费，请按财务规定退还。")
    clause = Clause(HOUSE, "fee")


class ReceiptMissing(Refusal):
    """A fee without the number of its receipt."""

    message = _("没有填写票据号。")
    advice = _("请填写财政票据或电子票据的号码。")
    clause = Clause(HOUSE, "fee")
    field = "receipt_number"


class NotYetAdmitted(Refusal):
    """A fee can be collected only from an admitted candidate."""

    message = _("该报名当前为“{state}”，审核通过后才能收费。")
    advice = _("请先完成资格审核。")
    clause = Clause(HOUSE, "fee")


class TicketPublished(Refusal):
    """It is too late to withdraw."""

    message = _("准考证已经发布，不能再撤回报名。")
    advice = _("不参加考试的按缺考处理。")
    clause = Clause(HOUSE, "withdrawal")


class AdmissionStands(Refusal):
    """Tickets are out: the admission cannot be undone any more."""

    message = _("准考证已经发布，不能再撤销审核通过。")
    advice = _("确有问题的，请在入场核验时处理，或者在核发证书前由核发机构核查。")
    clause = Clause(HOUSE, "review")


class PhotoTooLarge(Refusal):
    """The file of the photo is too large."""

    message = _("照片为 {size} KB，超过上限 {limit} KB。")
    advice = _("请压缩后再上传。")
    clause = Clause(HOUSE, "photo")
    field = "photo"


class PhotoUnreadable(Refusal):
    """The file is no JPEG or PNG, or it is damaged."""

    message = _("这个文件不是可以打开的 JPEG 或 PNG 照片。")
    advice = _("请换一张照片，用手机拍摄的原图即可。")
    clause = Clause(HOUSE, "photo")
    field = "photo"


class PhotoSizeWrong(Refusal):
    """The photo has too few or too many pixels, or lies on its side."""

    message = _("照片为 {width}×{height} 像素，须为竖幅，宽高不小于 {least}、不大于 {most} 像素。")
    advice = _("请使用证件照原图，不要截图或缩小。")
    clause = Clause(HOUSE, "photo")
    field = "photo"


class EvidenceTooLarge(Refusal):
    """A paper's file is too large or empty."""

    message = _("“{title}”为 {size} KB，须大于 0 且不超过 {limit} KB。")
    advice = _("请压缩或分成几份上传。")
    clause = Clause(HOUSE, "evidence")
    field = "content"


class EvidenceKindWrong(Refusal):
    """A paper's file is neither a picture nor a PDF."""

    message = _("“{title}”不是 JPEG、PNG 或 PDF 文件。")
    advice = _("请拍照或扫描成图片或 PDF 后上传。")
    clause = Clause(HOUSE, "evidence")
    field = "content"


class EvidenceTooMany(Refusal):
    """More papers than an application may carry."""

    message = _("已上传 {limit} 份材料，达到上限。")
    advice = _("请合并成一份 PDF，或删去不需要的材料。")
    clause = Clause(HOUSE, "evidence")
    field = "content"


class BatchTooLarge(Refusal):
    """More rows than one batch may carry, or none."""

    message = _("一批须为 1 至 {limit} 人，这一批有 {count} 人。")
    advice = _("请分成几批提交。")
    clause = Clause(HOUSE, "batch")


class ListUnreadable(Refusal):
    """The file as a whole cannot be read; nothing is kept."""

    message = _("文件不能读入：{reason}。")
    advice = _("请下载模板，把名单填进去再上传；Excel 与 CSV 都可以。")
    clause = Clause(HOUSE, "batch")
    field = "file"


class RowWrong(Refusal):
    """A cell of a list cannot be read."""

    message = _("{label}{reason}")
    advice = _("请改正这一格后重新上传。")
    clause = Clause(HOUSE, "claim")


class PlaceUnclear(Refusal):
    """A place that no division bears, or several."""

    message = _("“{given}”不是唯一的地区。")
    advice = _("请写全称，如“江苏省南京市玄武区”，或填六位区划代码。")
    clause = Clause(HOUSE, "claim")
    field = "residence"


class SourceUnknown(Refusal):
    """A source of candidates that the form does not know."""

    message = _("考生来源没有“{given}”这一项。")
    advice = _("请从模板的列表中选择。")
    clause = Clause(HOUSE, "claim")
    field = "source"


class TwiceInList(Refusal):
    """The same document stands in an earlier row."""

    message = _("与第 {line} 行是同一证件号码。")
    advice = _("一人只报一次，请删去多余的行；旧的十五位号码与十八位号码视为同一人。")
    clause = Clause(HOUSE, "one-application")
    field = "document_number"


class NameDiffers(Refusal):
    """The document is known under another name."""

    message = _("该证件号码已有人员记录，登记的姓名与这里填写的不同。")
    advice = _("请对照证件核对姓名；登记有误的，凭证明办理更正。")
    clause = Clause(HOUSE, "one-application")
    field = "name"


class ListStale(Refusal):
    """Since the list was judged, something has changed for some of its rows."""

    message = _("核对之后情况有了变化，第 {lines} 行现在不能提交。")
    advice = _("没有提交任何一人。请重新核对这份名单，再决定。")
    clause = Clause(HOUSE, "batch")


class NothingInList(Refusal):
    """No row of the list can be entered."""

    message = _("这份名单没有可以提交的行。")
    advice = _("请下载不能提交的行，改好后重新上传，并放弃这份名单。")
    clause = Clause(HOUSE, "batch")


class ProofMissing(Refusal):
    """A clause of the condition has no paper."""

    message = _("缺少证明材料：{proofs}。")
    advice = _("请退回补正，或由申报人补交；当面看过原件的，请登记“当面核对原件”。")
    clause = Clause(HOUSE, "proof")


class ProofNotSeen(Refusal):
    """The papers are there, and no reviewer has opened them."""

    message = _("证明材料还没有查看：{proofs}。")
    advice = _("请先打开材料核对，再作出审核结论。")
    clause = Clause(HOUSE, "proof")


class ProofNotAccepted(Refusal):
    """A paper that does not speak for this clause here."""

    message = _("“{proof}”不能证明这一款。")
    advice = _("请从列出的材料中选择；各地可用的材料见所引规则。")
    clause = Clause(HOUSE, "proof")
    field = "proof"


class PromiseByAnother(Refusal):
    """A promise is signed by the candidate alone."""

    message = _("承诺书须由申报人本人签署。")
    advice = _("请申报人登录后签署；签在纸上的，请扫描后作为材料提交。")
    clause = Clause(HOUSE, "promise")
