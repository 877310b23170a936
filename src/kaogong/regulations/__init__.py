"""Regulations: the rule library: instruments, clauses and the figures they set, each with its dates in force.

Owns what a refusal's clause says on a given day, how certain we are of it, and every figure that a rule needs.
"""
