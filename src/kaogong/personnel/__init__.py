"""Personnel: examiners and supervisors: their cards, the diary of their duties, and facts of relation.

Owns who may assess what and when, and who must stand aside for whom.
"""
