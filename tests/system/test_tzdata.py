"""Every node hands over by the same time-zone rules."""

import zoneinfo
from collections.abc import Iterator
from importlib.metadata import version

import pytest

from handrail.system import tzdata


@pytest.fixture(autouse=True)
def machine_path() -> Iterator[None]:
    before = zoneinfo.TZPATH
    yield
    zoneinfo.reset_tzpath(to=before)
    zoneinfo.ZoneInfo.clear_cache()


def test_pinned_zones_come_from_the_package_alone() -> None:
    tzdata.pin()

    assert zoneinfo.TZPATH == ()
    assert zoneinfo.ZoneInfo("Europe/Berlin").key == "Europe/Berlin"


def test_the_version_is_the_packages_as_iana_names_it() -> None:
    told = tzdata.tzdata_version()

    assert version("tzdata") == f"{told[:4]}.{ord(told[4]) - ord('a') + 1}"
