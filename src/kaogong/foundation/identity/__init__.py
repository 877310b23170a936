"""Identity: one Person for each human being, with the real name, and the clear number only for a reason.

Owns document numbers and contacts (encrypted), their keyed digests, merging and correction. Names are in the clear,
guarded by scope.
"""
