"""Delivery: papers to rooms, attempts, answers, score sheets and incidents, sealed at the end.

Owns what happened in the room. No paper can be read before its start; no saved answer is ever lost. Times are the
server's: an attempt's clock runs from its start to its end, whatever the machine in front of the candidate believes.
"""
