"""The demo season: one prefecture's appraisal from an empty database to verified certificates, through the services.

`people` invents, `answering` models how they do, `season` and its chapters play it, `telling` prints what happened.
"""
