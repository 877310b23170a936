"""Web: the HTML doors, one desk per audience, over the shared `ui`.

Owns pages and the translation between requests and services. Decides nothing: each view calls one
service or selector, and turns a refusal into words the person at the desk can act on.
"""
