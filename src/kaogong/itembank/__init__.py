"""Item bank: what is asked at an appraisal, kept secret until it is asked.

Owns blueprints (鉴定要素细目表) with ranges and assessment points, items with their immutable versions, sealed papers,
practical tasks, and staged imports. Promises: an approved blueprint, an item version and a paper never change; content
lies encrypted, and whoever opens an item leaves a line in the trail; author, reviewer and approver are three persons.
Words: *blueprint* 鉴定要素细目表, *range* 鉴定范围, *assessment point* 鉴定点, *item* 试题, *paper* 试卷,
*answer key* 答案, *item review* 审题, *batch* rows imported together.
"""
