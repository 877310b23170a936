"""Sittings: rounds announced and the sittings they offer, with their capacity.

Owns what is on offer, where and when. A sitting outside a station's scope cannot be announced.
"""
