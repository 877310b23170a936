// Moves the focus to what must be read first: an error summary or a refusal at once; a verdict or a receipt (`swap`)
// only when it was swapped into a page that stands, since a whole new page is read from its top anyway.

export function takeFocus(root) {
  const wanted = root === document ? "[data-take-focus='']" : "[data-take-focus]";
  const first = root.querySelector(wanted) || (root.matches && root.matches(wanted) ? root : null);
  if (first) first.focus();
}
