"""Item bank: blueprints, items and their versions, practical tasks, and papers sealed from them.

Owns what is asked. Content is encrypted at rest; a version, once approved, never changes.
"""
