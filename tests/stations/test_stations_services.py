"""Stations are established and licensed; licences suspended, resumed, revoked; rooms added and closed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from tests.support.cast import officer, outsider
from tests.support.stations import (
    AT,
    ELECTRICIAN,
    LICENSOR,
    SCOPES,
    make_body,
    make_licence,
    make_room,
    make_station,
)

from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, Refusal, WrongState
from kaogong.foundation.outbox.models import OutboxEvent
from kaogong.stations import selectors, services
from kaogong.stations.models import Licence, Scope, Station

DAY = date(2026, 4, 18)


def grant(station: Station, **changes: Any) -> Licence:
    given: dict[str, Any] = {
        "actor": LICENSOR,
        "at": AT,
        "station_id": station.pk,
        "number": "测许-A",
        "since": date(2025, 1, 1),
        "until": date(2027, 12, 31),
        "scopes": SCOPES,
        "issued_by_id": station.organisation_id,
    }
    return services.grant_licence(**{**given, **changes})


@pytest.mark.django_db
class TestEstablish:
    def test_enters_a_body_as_a_station(self) -> None:
        station = make_station(licensed=False, rooms=())
        assert selectors.of_organisation(station.organisation_id) == station

    def test_once(self) -> None:
        station = make_station(licensed=False, rooms=())
        with pytest.raises(services.StationExists):
            services.establish_station(actor=LICENSOR, at=AT, organisation_id=station.organisation_id)

    def test_a_department_is_no_station(self) -> None:
        body = make_body(kind="prefecture_department")
        with pytest.raises(services.NotAStation):
            services.establish_station(actor=LICENSOR, at=AT, organisation_id=body.pk)

    def test_needs_the_power_there(self) -> None:
        body = make_body(kind="station", region_code="320102")
        for actor in (officer("stations.edit"), outsider("stations.license")):
            with pytest.raises(NotPermitted):
                services.establish_station(actor=actor, at=AT, organisation_id=body.pk)


@pytest.mark.django_db
class TestGrantLicence:
    def test_puts_the_station_in_scope(self) -> None:
        station = make_station(licensed=False)
        assert not selectors.scope_on(station.pk, ELECTRICIAN, 5, DAY).is_within
        grant(station)
        assert selectors.scope_on(station.pk, ELECTRICIAN, 5, DAY).is_within
        assert not selectors.scope_on(station.pk, ELECTRICIAN, 2, DAY).is_within
        assert OutboxEvent.objects.filter(name="stations.licence_changed").exists()

    @pytest.mark.parametrize(
        ("since", "until"),
        [
            (date(2027, 12, 31), date(2029, 1, 1)),
            (date(2024, 1, 1), date(2025, 1, 1)),
            (date(2025, 6, 1), date(2025, 7, 1)),
        ],
    )
    def test_terms_do_not_share_a_day(self, since: date, until: date) -> None:
        station = make_station()
        with pytest.raises(services.LicenceOverlaps):
            grant(station, since=since, until=until)

    def test_the_next_begins_the_day_after(self) -> None:
        station = make_station()
        assert grant(station, since=date(2028, 1, 1), until=date(2030, 12, 31)).state == "granted"

    def test_a_revoked_licence_frees_its_days(self) -> None:
        station = make_station(licensed=False)
        first = grant(station)
        services.revoke_licence(actor=LICENSOR, at=AT, licence_id=first.pk, reason="超范围鉴定")
        assert grant(station, number="测许-B").state == "granted"

    def test_a_number_is_used_once(self) -> None:
        grant(make_station(licensed=False))
        with pytest.raises(services.LicenceNumberTaken):
            grant(make_station(licensed=False))

    @pytest.mark.parametrize(
        ("since", "until"), [(date(2026, 1, 2), date(2026, 1, 1)), (date(2025, 1, 1), date(2028, 1, 1))]
    )
    def test_a_term_ends_after_it_begins_and_is_not_too_long(self, since: date, until: date) -> None:
        with pytest.raises(services.TermWrong):
            grant(make_station(licensed=False), since=since, until=until)

    @pytest.mark.parametrize(
        "scopes",
        [[], [(ELECTRICIAN, "电工", [])], [(ELECTRICIAN, "电工", [6])], [(ELECTRICIAN, "电工", [5])] * 2],
    )
    def test_a_scope_is_complete(self, scopes: list[Any]) -> None:
        with pytest.raises(services.ScopeEmpty):
            grant(make_station(licensed=False), scopes=scopes)

    def test_needs_the_power(self) -> None:
        with pytest.raises(NotPermitted):
            grant(make_station(licensed=False), actor=officer("stations.edit"))

    def test_outsiders_cannot_even_find_the_station(self) -> None:
        with pytest.raises(NotFound):
            grant(make_station(licensed=False), actor=outsider("stations.license"))

    def test_an_industry_centre_licenses_its_stations_anywhere(self) -> None:
        centre = make_body(kind="industry_centre", region_code="")
        station = make_station(region_code="370102", centre=centre, licensed=False)
        actor = officer("stations.license", region="9999", organisation=centre.pk)
        assert grant(station, actor=actor, issued_by_id=None).issued_by_id == centre.pk

    def test_the_table_itself_refuses_unknown_levels(self) -> None:
        licence = grant(make_station(licensed=False))
        with pytest.raises(IntegrityError), transaction.atomic():
            Scope.objects.create(licence=licence, occupation_code="1", occupation_name="某", levels=[6])


@pytest.mark.django_db
class TestChange:
    def test_a_suspended_licence_takes_the_station_out_of_scope_until_resumed(self) -> None:
        station = make_station(licensed=False)
        licence = grant(station)
        services.suspend_licence(actor=LICENSOR, at=AT, licence_id=licence.pk, reason="年检整改")
        assert not selectors.scope_on(station.pk, ELECTRICIAN, 5, DAY).is_within
        services.resume_licence(actor=LICENSOR, at=AT, licence_id=licence.pk, reason="整改合格")
        assert selectors.scope_on(station.pk, ELECTRICIAN, 5, DAY).is_within

    def test_needs_a_reason(self) -> None:
        licence = make_licence(make_station(licensed=False))
        with pytest.raises(services.ReasonMissing):
            services.suspend_licence(actor=LICENSOR, at=AT, licence_id=licence.pk, reason="  ")

    def test_a_revoked_licence_stays_revoked(self) -> None:
        licence = make_licence(make_station(licensed=False))
        services.revoke_licence(actor=LICENSOR, at=AT, licence_id=licence.pk, reason="超范围")
        with pytest.raises(WrongState):
            services.resume_licence(actor=LICENSOR, at=AT, licence_id=licence.pk, reason="误")

    def test_needs_the_power_and_outsiders_cannot_find_it(self) -> None:
        licence = make_licence(make_station(licensed=False))
        with pytest.raises(NotPermitted):
            services.revoke_licence(actor=officer("stations.edit"), at=AT, licence_id=licence.pk, reason="超范围")
        with pytest.raises(NotFound):
            services.revoke_licence(actor=outsider("stations.license"), at=AT, licence_id=licence.pk, reason="超范围")


@pytest.mark.django_db
class TestRooms:
    def test_a_room_has_rows_times_columns_places(self) -> None:
        assert make_room(make_station(rooms=()), rows=6, columns=5).places == 30

    def test_a_name_is_used_once_in_a_station(self) -> None:
        station = make_station(rooms=())
        make_room(station, name="一号")
        with pytest.raises(services.RoomNameTaken):
            make_room(station, name="一号")
        assert make_room(make_station(rooms=()), name="一号").name == "一号"

    @pytest.mark.parametrize(("rows", "columns"), [(0, 5), (20, 20)])
    def test_a_room_is_neither_empty_nor_a_hall(self, rows: int, columns: int) -> None:
        with pytest.raises(services.RoomTooLarge):
            make_room(make_station(rooms=()), rows=rows, columns=columns)

    def test_a_closed_room_is_not_offered(self) -> None:
        station = make_station(rooms=())
        room = make_room(station)
        services.close_room(actor=LICENSOR, at=AT, room_id=room.pk, reason="装修")
        assert not selectors.rooms(station.pk)
        services.reopen_room(actor=LICENSOR, at=AT, room_id=room.pk, reason="完工")
        assert list(selectors.rooms(station.pk)) == [room]

    def test_needs_the_power_and_outsiders_cannot_find_it(self) -> None:
        station = make_station(rooms=())
        with pytest.raises(NotPermitted):
            make_room(station, actor=officer("stations.license"))
        with pytest.raises(NotFound):
            make_room(station, actor=outsider("stations.edit"))


@pytest.mark.django_db
class TestDirectory:
    def test_finds_by_name_region_and_scope(self) -> None:
        here = make_station(name="雨花台鉴定站", region_code="320114")
        make_station(name="姑苏鉴定站", region_code="320508", scopes=((ELECTRICIAN, "电工", (5,)),))
        assert list(selectors.directory(text="雨花")) == [here]
        assert list(selectors.directory(region_prefix="3201", occupation_code=ELECTRICIAN, level=4, on=DAY)) == [here]
        assert not selectors.directory(text="姑苏", level=4, on=DAY)
        assert not selectors.directory(text="雨花", on=date(2030, 1, 1))


@pytest.mark.concurrency
class TestAtOnce:
    def test_of_two_overlapping_licences_one_is_granted(self, real_database: str) -> None:
        station = make_station(licensed=False)

        def one(number: str) -> str:
            try:
                grant(station, number=number, at=datetime(2026, 3, 2, tzinfo=UTC))
            except Refusal as refusal:
                return refusal.code
            finally:
                connection.close()
            return "granted"

        with ThreadPoolExecutor(2) as pool:
            outcomes = sorted(pool.map(one, ["测许-甲", "测许-乙"]))
        assert outcomes == ["granted", "stations.LicenceOverlaps"]
