"""The atlas in the database: loaded once, the same when loaded again, asked by selectors."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from kaogong.cli.reference import LOADER
from kaogong.foundation.kernel.actors import service
from kaogong.foundation.kernel.refusals import NotPermitted
from kaogong.foundation.regions import selectors, services
from kaogong.foundation.regions.models import Region

AT = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


class TestLoadReference:
    def test_loading_again_writes_nothing(self) -> None:
        assert services.load_reference(actor=LOADER, at=AT)["written"] == 0

    def test_mends_what_someone_changed(self) -> None:
        Region.objects.filter(code="320100", until_year=None).update(name="南景市")
        assert services.load_reference(actor=LOADER, at=AT)["written"] == 2
        assert selectors.short_name("3201") == "南京市"

    def test_needs_the_power(self) -> None:
        with pytest.raises(NotPermitted):
            services.load_reference(actor=service("别人"), at=AT)


class TestSelectors:
    def test_names(self) -> None:
        assert selectors.name_of("320102") == "江苏省南京市玄武区"
        assert selectors.short_name("320102") == "玄武区"
        assert selectors.short_name("") == "全国"

    def test_names_of_a_day(self) -> None:
        assert selectors.name_of("320800", date(1999, 5, 1)) == "江苏省淮阴市"

    def test_a_dissolved_code_no_longer_exists(self) -> None:
        assert selectors.exists("371200", date(2018, 6, 1))
        assert not selectors.exists("371200")

    def test_territory_of_a_day(self) -> None:
        assert "3712" in selectors.territory("3701", date(2019, 1, 1))
        assert "3712" not in selectors.territory("3701", date(2018, 12, 31))

    def test_children_and_search(self) -> None:
        assert "南京市" in [place.name for place in selectors.children("32")]
        assert selectors.search("玄武")[0].code == "320102"
