"""Kaogong (考工) decides, fairly and provably, whether a welder is a welder.

A modular monolith: a river of domain modules over a foundation, with thin doors on top. `docs/tour.md` walks it.
"""
