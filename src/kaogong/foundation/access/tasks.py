"""Background work of access: forgetting sessions that are over, every night."""

from __future__ import annotations

from procrastinate.contrib.django import app

from kaogong.foundation.access import sessions


@app.periodic(cron="40 2 * * *", periodic_id="access.forget_sessions")
@app.task(name="access.forget_sessions", queueing_lock="access.forget_sessions")
def forget_sessions(timestamp: int = 0) -> int:
    """Remove sessions past their end, with the addresses they came from; returns how many were in the list."""
    return sessions.forget()
