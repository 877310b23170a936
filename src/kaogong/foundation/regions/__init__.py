"""Regions: administrative divisions by GB/T 2260, through time.

Owns codes, names, parents, and the changes that made one code into another. A territory is a set of code prefixes
and their predecessors.
"""
