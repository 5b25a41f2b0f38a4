from ipaddress import ip_network

import pytest

from handrail.system.address_guard import AddressGuard, allowed_networks

REFUSED = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.8",
    "192.0.0.170",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "2606:4700::1%eth0",
    "fec0::1",
    "ff02::1",
    "not an address",
]


@pytest.mark.parametrize("address", REFUSED)
def test_what_is_not_public_is_refused(address: str) -> None:
    assert AddressGuard().refusal(address, 443) is not None


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "93.184.216.34", "::ffff:1.1.1.1", "64:ff9b::101:101", "2606:4700::1"],
)
@pytest.mark.parametrize("port", [80, 443, 8443])
def test_public_addresses_may_be_called_at_the_web_ports(
    address: str, port: int
) -> None:
    assert AddressGuard().refusal(address, port) is None


@pytest.mark.parametrize("port", [0, 22, 25, 6379, 8080])
def test_other_ports_of_public_addresses_are_refused(port: int) -> None:
    reason = AddressGuard().refusal("1.1.1.1", port)

    assert reason == f"port {port} is not one of [80, 443, 8443]"


def test_an_allowed_network_may_be_called_at_any_port() -> None:
    guard = AddressGuard(networks=(ip_network("10.1.0.0/16"), ip_network("fd00::/8")))

    assert guard.refusal("10.1.2.3", 9000) is None
    assert guard.refusal("::ffff:10.1.2.3", 9000) is None
    assert guard.refusal("fd00::1", 9000) is None
    assert guard.refusal("10.2.0.1", 9000) is not None


def test_allowed_networks_are_read_from_their_texts() -> None:
    assert allowed_networks(("10.0.0.0/8",)) == (ip_network("10.0.0.0/8"),)
