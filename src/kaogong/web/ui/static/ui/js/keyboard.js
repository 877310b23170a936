// Keys for officers: j/k walk the rows of a list, Enter opens, / searches, ? explains. Silent while someone types.

const TYPING = "input, textarea, select, [contenteditable]";

function rowsOf(list) {
  return Array.from(list.querySelectorAll("tbody tr, [data-keyboard-row]"));
}

function walk(list, step) {
  const rows = rowsOf(list);
  if (!rows.length) return;
  const here = rows.findIndex((row) => row.hasAttribute("data-here"));
  const next = Math.min(Math.max(here + step, 0), rows.length - 1);
  for (const row of rows) row.removeAttribute("data-here");
  rows[next].setAttribute("data-here", "");
  rows[next].scrollIntoView({ block: "nearest" });
  const link = rows[next].querySelector("a[href]");
  if (link) link.focus({ preventScroll: true });
}

function open(list) {
  const row = list.querySelector("[data-here]");
  const link = row && row.querySelector("a[href]");
  if (link) link.click();
}

function press(event) {
  const list = document.querySelector("[data-keyboard-list]");
  const search = document.querySelector("[data-search]");
  const help = document.getElementById("keyboard-help");
  if (event.key === "j" && list) walk(list, 1);
  else if (event.key === "k" && list) walk(list, -1);
  else if (event.key === "Enter" && list && !document.activeElement.matches("a, button, summary")) open(list);
  else if (event.key === "/" && search) search.focus();
  else if (event.key === "?" && help) help.showModal();
  else return;
  event.preventDefault();
}

export function listenForKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const typing = event.target.closest && event.target.closest(TYPING);
    if (typing && event.key === "Escape") typing.blur();
    if (typing || document.querySelector("dialog[open]")) return;
    press(event);
  });
}
