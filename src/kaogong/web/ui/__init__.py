"""UI: how every desk looks, speaks and behaves.

Owns the tokens, the base templates, the components (template tags), the small scripts, the content
security policy and the reader's display preferences. Knows no domain module: desks hand it plain values.
The vocabulary, with examples to copy, is in README.md beside this file; the living page is `ui/gallery/`.
"""
