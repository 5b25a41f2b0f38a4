"""Which addresses may be called: public ones, and what the operator allows.

Python's ``is_global`` differs between patch releases (3.11.7 takes 192.0.0.8,
64:ff9b:1::/48, 2002::/16, 3fff::/20, fec0::/10 and multicast for global), so the
special-purpose registries of IANA are written out here.
"""

from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

PORTS = frozenset({80, 443, 8443})

_DENIED_4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
)
_GLOBAL_6 = IPv6Network("2000::/3")
_DENIED_6 = tuple(
    IPv6Network(text)
    for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
_NAT64 = IPv6Network("64:ff9b::/96")
_LOW_32 = 0xFFFF_FFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressGuard:
    """The rule for outgoing calls.

    Attributes:
        networks: The operator's private networks that may be called, at any port.
        ports: Ports that may be called at public addresses.
    """

    networks: tuple[Network, ...] = ()
    ports: frozenset[int] = PORTS

    def refusal(self, address: str, port: int) -> str | None:
        """Return why this address and port may not be called, or none if they may.

        Args:
            address: Text of an IPv4 or IPv6 address, as a resolver or a peer gives it.
            port: The port.
        """
        try:
            meant = unwrapped(ip_address(address))
        except ValueError:
            return f"{address} is no IP address"
        if any(meant in network for network in self.networks):
            return None
        if not is_public(meant):
            return (
                f"{address} is not a public address; "
                "the operator can allow its network in outgoing_allow"
            )
        if port not in self.ports:
            return f"port {port} is not one of {sorted(self.ports)}"
        return None


def allowed_networks(texts: tuple[str, ...]) -> tuple[Network, ...]:
    """Return the networks of their texts.

    Raises:
        ValueError: One is no network.
    """
    return tuple(ip_network(text) for text in texts)


def unwrapped(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 form carries, or the address itself.

    IPv4-mapped (RFC 4291) and NAT64's well-known prefix (RFC 6052) are looked through;
    6to4, Teredo and IPv4-compatible forms are no longer in use and are not public.
    """
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return IPv4Address(int(address) & _LOW_32)
    return address


def is_public(address: Address) -> bool:
    """Return whether the address is globally reachable unicast."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _DENIED_4)
    if address.scope_id is not None or address not in _GLOBAL_6:
        return False
    return not any(address in network for network in _DENIED_6)
