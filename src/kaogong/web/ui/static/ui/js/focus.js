// Moves the focus to what must be read first: an error summary, a refusal, a verdict, a receipt.

export function takeFocus(root) {
  const first = root.querySelector("[data-take-focus]") || (root.matches && root.matches("[data-take-focus]") ? root : null);
  if (first) first.focus();
}
