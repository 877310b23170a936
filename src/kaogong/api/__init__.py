"""The API: REST under /api/v1: schemas and routes; each route calls one service or selector."""
