"""Addresses of the item bank in the office: coverage, items, papers, imports, practical tasks."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_noop as _

from kaogong.web.office.views.bank import (
    blueprints,
    differences,
    exports,
    imports,
    items,
    papers,
    relations,
    sets,
    tasks,
    translations,
)
from kaogong.web.ui.navigation import NavItem

urlpatterns = [
    path("bank/coverage/", blueprints.coverage, name="bank"),
    path("bank/blueprints/", blueprints.index, name="blueprints"),
    path("bank/blueprints/new/", blueprints.draft, name="blueprint-new"),
    path("bank/blueprints/<uuid:blueprint_id>/", blueprints.detail, name="blueprint"),
    path("bank/blueprints/<uuid:blueprint_id>/differences/", differences.differences, name="blueprint-differences"),
    path("bank/blueprints/<uuid:blueprint_id>/approve/", blueprints.approve, name="blueprint-approve"),
    path("bank/items/", items.index, name="items"),
    path("bank/items/new/", items.new, name="item-new"),
    path("bank/items/export/", exports.export, name="items-export"),
    path("bank/items/preview/", items.preview, name="item-preview"),
    path("bank/items/<uuid:item_id>/", items.detail, name="item"),
    path("bank/items/<uuid:item_id>/open/", items.opened, name="item-open"),
    path("bank/items/<uuid:item_id>/revise/", items.revise, name="item-revise"),
    path("bank/items/<uuid:item_id>/bind/", items.bind, name="item-bind"),
    path("bank/items/<uuid:item_id>/relate/", relations.relate, name="item-relate"),
    path("bank/items/<uuid:item_id>/relations/<uuid:relation_id>/end/", relations.end, name="item-relation-end"),
    path("bank/items/<uuid:item_id>/<slug:verb>/", items.decide, name="item-decide"),
    path("bank/items/<uuid:item_id>/translations/<str:language>/", translations.editor, name="translation"),
    path("bank/translations/", translations.index, name="translations"),
    path("bank/translations/job/", translations.job, name="translation-job"),
    path("bank/translations/import/", translations.take_in, name="translation-import"),
    path("bank/papers/", papers.index, name="papers"),
    path("bank/papers/new/", papers.assemble, name="paper-new"),
    path("bank/papers/sets/", sets.index, name="paper-sets"),
    path("bank/papers/sets/new/", sets.order, name="paper-set-new"),
    path("bank/papers/sets/<uuid:set_id>/", sets.detail, name="paper-set"),
    path("bank/papers/sets/<uuid:set_id>/live/", sets.live, name="paper-set-live"),
    path("bank/papers/sets/<uuid:set_id>/withdraw/", sets.withdraw, name="paper-set-withdraw"),
    path("bank/papers/<uuid:paper_id>/", papers.detail, name="paper"),
    path("bank/papers/<uuid:paper_id>/open/", papers.opened, name="paper-open"),
    path("bank/papers/<uuid:paper_id>/export/", exports.paper, name="paper-export"),
    path("bank/papers/<uuid:paper_id>/void/", papers.void, name="paper-void"),
    path("bank/imports/", imports.index, name="imports"),
    path("bank/imports/new/", imports.stage, name="import-new"),
    path("bank/imports/columns/", imports.columns, name="import-columns"),
    path("bank/imports/<uuid:batch_id>/", imports.detail, name="import"),
    path("bank/imports/<uuid:batch_id>/originals/", imports.originals, name="import-originals"),
    path("bank/imports/<uuid:batch_id>/<slug:verb>/", imports.settle, name="import-settle"),
    path("bank/tasks/", tasks.index, name="tasks"),
    path("bank/tasks/<uuid:task_id>/", tasks.opened, name="task"),
]
_GROUP = _("题库与标准")
nav = [
    NavItem(_("题库概况"), "office:bank", "itembank.view", 41, _GROUP, "pie-chart"),
    NavItem(_("试题"), "office:items", "itembank.view", 42, _GROUP, "question-circle"),
    NavItem(_("语言版本"), "office:translations", "itembank.view", 42, _GROUP, "translate"),
    NavItem(_("试卷"), "office:papers", "itembank.view", 44, _GROUP, "file-earmark-lock"),
    NavItem(_("操作技能试题"), "office:tasks", "itembank.view", 45, _GROUP, "wrench"),
    NavItem(_("导入试题"), "office:imports", "itembank.import", 43, _GROUP, "upload"),
]
