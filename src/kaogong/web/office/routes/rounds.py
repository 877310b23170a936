"""Addresses of rounds and their sittings."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_noop as _

from kaogong.web.office.views import rounds
from kaogong.web.ui.navigation import NavItem

urlpatterns = [
    path("rounds/", rounds.index, name="rounds"),
    path("rounds/new/", rounds.choose, name="round-choose"),
    path("rounds/new/details/", rounds.draft, name="round-draft"),
    path("rounds/<uuid:round_id>/", rounds.detail, name="round"),
    path("rounds/<uuid:round_id>/checks/", rounds.checks, name="round-checks"),
    path("rounds/<uuid:round_id>/announce/", rounds.announce, name="round-announce"),
    path("rounds/<uuid:round_id>/complete/", rounds.complete, name="round-complete"),
    path("rounds/<uuid:round_id>/cancel/", rounds.cancel_round, name="round-cancel"),
    path("rounds/<uuid:round_id>/sittings/new/", rounds.choose_station, name="sitting-choose"),
    path("rounds/<uuid:round_id>/sittings/new/<uuid:station_id>/<str:day>/", rounds.plan, name="sitting-plan"),
    path("rounds/sittings/<uuid:sitting_id>/", rounds.sitting, name="sitting"),
    path("rounds/sittings/<uuid:sitting_id>/move/", rounds.move, name="sitting-move"),
    path("rounds/sittings/<uuid:sitting_id>/cancel/", rounds.cancel_sitting, name="sitting-cancel"),
    path("rounds/sittings/<uuid:sitting_id>/drop/", rounds.drop, name="sitting-drop"),
]
nav = [
    NavItem(
        title=_("鉴定批次"), route="office:rounds", power="sittings.plan", order=10, group=_("考务"), icon="megaphone"
    )
]
