"""The network that a question came from: the unit that a limit of questions is counted by. Pure."""

from __future__ import annotations

import ipaddress


def network_of(address: str, *, prefix4: int, prefix6: int) -> str:
    """The prefix that an address belongs to, such as `203.0.113.7/32` or `2001:db8:1:2::/64`.

    An IPv6 address that carries an IPv4 one counts as that; what is no address counts as one network of its own.
    """
    try:
        found = ipaddress.ip_address(address.strip())
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    length = prefix4 if found.version == 4 else prefix6
    return str(ipaddress.ip_network(f"{found}/{length}", strict=False))


def client_address(remote: str, forwarded: str, *, proxies: int) -> str:
    """The asker's address: the peer's own, or what the outermost of `proxies` trusted proxies saw.

    Each proxy appends its peer to `X-Forwarded-For`; what stands further left was written by the asker and counts for
    nothing.
    """
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    return hops[-proxies] if 0 < proxies <= len(hops) else remote
