"""Stations: where appraisal takes place: licences with scope and term, and rooms.

Owns what a station may do and where. Who it belongs to is `organisations`' matter.
"""
