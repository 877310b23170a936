"""Seating: who sits where, with which ticket, before which panel.

Owns seats, admission tickets, panels and invigilators of a sitting, fixed when published.
"""
