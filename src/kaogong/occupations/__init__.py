"""Occupations: the classification of occupations, by edition.

Owns codes and names; a code means something only within its edition.
"""
