"""Standards: the national occupational skill standards, by occupation and edition.

Owns the standard's levels, functions, tasks, skills and knowledge, its weight tables, entry conditions, parts and pass
marks, ratios and related occupations. Promises: a version that is published never changes, and its digest proves it;
weights sum to 100 per kind and level.
Words: *edition* 版本 (the standard's year), *part* 考核科目, *condition* 申报条件.
"""
