"""Standards: the national occupational skill standards, drafted, versioned and published.

Owns functions, tasks, skills, knowledge, weight tables and entry conditions. A published version never changes.
"""
