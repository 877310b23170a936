"""Powers in the trade's words, for whoever reads the table of posts."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

WORDS = {
    "access.appoint": gettext_noop("任命岗位、开设账号"),
    "access.view": gettext_noop("查看岗位任命"),
    "audit.read": gettext_noop("查阅审计轨迹"),
    "audit.seal": gettext_noop("封存审计轨迹"),
    "blanks.move": gettext_noop("调拨、作废、销毁空白证书"),
    "blanks.receive": gettext_noop("空白证书入库"),
    "blanks.see": gettext_noop("查看空白证书"),
    "calendar.edit": gettext_noop("录入放假安排"),
    "certificates.issue": gettext_noop("核发证书"),
    "certificates.print": gettext_noop("打印证书"),
    "certificates.reckon": gettext_noop("恢复数据后核定编号"),
    "certificates.replace": gettext_noop("补发、换发证书"),
    "certificates.revoke": gettext_noop("撤销证书"),
    "certificates.see": gettext_noop("查看证书登记簿"),
    "certificates.suspend": gettext_noop("暂停、恢复证书"),
    "delivery.deliver": gettext_noop("分发试卷"),
    "delivery.run": gettext_noop("管理考场现场"),
    "delivery.see": gettext_noop("查看考场现场"),
    "itembank.approve": gettext_noop("终审试题、审定细目表"),
    "itembank.calibrate": gettext_noop("为试题定标"),
    "itembank.assemble": gettext_noop("组卷、封存试卷"),
    "itembank.import": gettext_noop("导入试题"),
    "itembank.review": gettext_noop("审题"),
    "itembank.view": gettext_noop("查看题库"),
    "itembank.write": gettext_noop("命题、编制细目表"),
    "notices.see": gettext_noop("查看通知记录"),
    "occupations.edit": gettext_noop("维护职业分类"),
    "organisations.edit": gettext_noop("登记和变更机构"),
    "personnel.grant": gettext_noop("发放考评人员证卡"),
    "personnel.relate": gettext_noop("登记回避关系"),
    "personnel.view": gettext_noop("查看考评人员"),
    "persons.correct": gettext_noop("更正姓名和联系方式"),
    "persons.enter": gettext_noop("录入人员"),
    "persons.merge": gettext_noop("合并重复的人员记录"),
    "persons.reveal": gettext_noop("查看完整证件号码"),
    "persons.see": gettext_noop("查看人员信息"),
    "registration.collect_fee": gettext_noop("收取鉴定费"),
    "registration.decide": gettext_noop("资格审核"),
    "registration.enter": gettext_noop("代考生报名"),
    "registration.see": gettext_noop("查看报名名单"),
    "regulations.edit": gettext_noop("维护规则库"),
    "scoring.decide_objection": gettext_noop("裁定试题异议"),
    "scoring.finalise": gettext_noop("发布成绩"),
    "scoring.grade": gettext_noop("评阅书写作答"),
    "scoring.mark": gettext_noop("评分、核算成绩"),
    "scoring.recheck": gettext_noop("答复成绩复核"),
    "scoring.see": gettext_noop("查看成绩"),
    "seating.appoint": gettext_noop("安排考评和监考人员"),
    "seating.arrange": gettext_noop("编排座位、发布准考证"),
    "seating.see": gettext_noop("查看座位"),
    "sittings.announce": gettext_noop("公告、取消批次"),
    "sittings.move": gettext_noop("场次改期、取消"),
    "sittings.plan": gettext_noop("编制批次、安排场次"),
    "standards.draft": gettext_noop("起草职业技能标准"),
    "standards.publish": gettext_noop("发布职业技能标准"),
    "stations.edit": gettext_noop("管理考场和设备"),
    "stations.license": gettext_noop("核发鉴定所（站）许可"),
}


def powers_in_words(powers: Iterable[str]) -> list[str]:
    """The powers in the table's order, each in words; one that nobody has put into words keeps its key."""
    order = list(WORDS)
    known = sorted(powers, key=lambda each: order.index(each) if each in WORDS else len(order))
    return [_(WORDS[each]) if each in WORDS else each for each in known]
