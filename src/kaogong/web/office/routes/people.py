"""Addresses of persons: the list, one person, and what officers may do with the record."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_noop as _

from kaogong.web.office.views import people, people_deeds
from kaogong.web.ui.navigation import NavItem

urlpatterns = [
    path("people/", people.index, name="people"),
    path("people/new/", people.enter, name="person-enter"),
    path("people/<uuid:person_id>/", people.detail, name="person"),
    path("people/<uuid:person_id>/reveal/", people_deeds.reveal, name="person-reveal"),
    path("people/<uuid:person_id>/name/", people_deeds.correct_name, name="person-name"),
    path("people/<uuid:person_id>/contact/", people_deeds.correct_contact, name="person-contact"),
    path("people/<uuid:person_id>/merge/", people_deeds.merge, name="person-merge"),
]
nav = [
    NavItem(
        title=_("人员信息"), route="office:people", power="persons.see", order=60, group=_("机构与人员"), icon="people"
    )
]
