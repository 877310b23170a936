"""What can keep a certificate from being issued, replaced or changed."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_noop as _

from kaogong.certificates.rules import Check
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.refusals import Refusal

HOUSE = "kaogong-certificates-rules"


class GateClosed(Refusal):
    """Some check of the sitting is red; `checks` are those that are."""

    message = _("场次 {sitting} 不能核发证书：{reasons}。")
    advice = _("请先处理以上各项，再核发。")
    clause = Clause("baotou-issue", "checks")

    def __init__(self, *, sitting: str, checks: Sequence[Check]) -> None:
        reasons = "；".join(f"{check.title}：{check.text}" for check in checks)
        super().__init__(clause=checks[0].clause, sitting=sitting, reasons=reasons)
        self.checks = tuple(checks)


class NothingToIssue(Refusal):
    """Nobody of the sitting is ready for a certificate: all have theirs, or none passed."""

    message = _("场次 {sitting} 现在没有可以核发的证书：{already} 人已核发，{skipped} 人不符合条件。")
    advice = _("逐人原因见核发页。")
    clause = Clause(HOUSE, "once")


class NotTheIssuer(Refusal):
    """Only the body that the rules name issues: levels 5 and 4 the city's centre, 3 to 1 the province's."""

    message = _("{level}证书由“{issuer}”核发，您的岗位不在该机构。")
    advice = _("请由该机构的证书核发岗位办理。")
    clause = Clause("baotou-issue", "flow")


class NumbersUsedUp(Refusal):
    """The regime has no running numbers left for that year, body and level."""

    message = _("“{body}”{year}年{level}证书的顺序号已用完（{capacity}），不能再编号。")
    advice = _("请报告编码管理机构；同一机构同一等级下一年度重新编号。")
    clause = Clause("certificate-numbering-16", "sixteen-digits")


class ReasonUnknown(Refusal):
    """A certificate is replaced for one of the reasons that the rules name."""

    message = _("没有“{reason}”这种补发、换发事由。")
    advice = _("请选择遗失、残损或打印差错。")
    clause = Clause("bilingual-certificate", "replacement")
    field = "reason"


class NoticeMissing(Refusal):
    """A lost certificate is replaced after its loss was declared in a newspaper."""

    message = _("补发遗失的证书须有登报声明。")
    advice = _("请填写刊登声明的报纸和日期。")
    clause = Clause("bilingual-certificate", "replacement")
    field = "notice"


class BasisMissing(Refusal):
    """A certificate is suspended, resumed or revoked on a basis that is written down."""

    message = _("请写明{move}证书的依据（不少于 {least} 个字）。")
    advice = _("依据写入证书的状态沿革，长期保存。")
    clause = Clause(HOUSE, "basis")
    field = "basis"


class NothingToCorrect(Refusal):
    """The register bears the holder's legal name, or nothing proves how it became another."""

    message = _("证书上的姓名“{name}”没有可以更正的：人员档案中没有由它更正为现用姓名的证明。")
    advice = _("法定姓名有误的，先凭证明在人员档案中更正姓名，再回到本页。")
    clause = Clause(HOUSE, "correction")


class CorrectedByOneself(Refusal):
    """Whoever corrected the legal name does not put it on the certificate."""

    message = _("该持证人的姓名更正是您办理的，证书须由他人更正。")
    advice = _("请由另一名证书核发人员办理。")
    clause = Clause(HOUSE, "correction")


class NameUnprintable(Refusal):
    """The right name has a character that no font here draws."""

    message = _("姓名中的“{glyphs}”没有可用字形，不能印在证书上。")
    advice = _("请先补字，再更正证书。")
    clause = Clause(HOUSE, "printable")


class PaperUnknown(Refusal):
    """What became of the paper that bears the wrong name must be said."""

    message = _("请说明原证书的去向：已收回，或者已遗失。")
    clause = Clause(HOUSE, "correction")
    field = "paper"


class NothingToPrint(Refusal):
    """No certificate to print was chosen, or more than one run may hold."""

    message = _("一次可打印 1 至 {most} 本，现选了 {count} 本。")
    advice = _("请分批打印。")
    clause = Clause(HOUSE, "parts")
