"""Notices: what people are told, by SMS and mail, sent from the outbox by background jobs.

Owns the messages and their delivery. Never decides anything.
"""
