// Wide tables on narrow screens: what does not fit side by side stands one under the other, each cell with the name of
// its column. Without scripts the table scrolls by itself. Roles are written out, since a table that is no longer laid
// out as one would lose them.

const NARROW = matchMedia("(max-width: 47.99rem)");

function named(table) {
  const names = Array.from(table.tHead.rows[0].cells, (cell) => cell.textContent.trim());
  const rows = Array.from(table.tBodies).flatMap((body) => Array.from(body.rows));
  if (rows.some((row) => row.cells.length !== names.length)) return false;
  table.setAttribute("role", "table");
  for (const part of [table.tHead, ...table.tBodies]) part.setAttribute("role", "rowgroup");
  for (const row of table.rows) row.setAttribute("role", "row");
  for (const cell of table.tHead.rows[0].cells) cell.setAttribute("role", "columnheader");
  for (const row of rows) {
    Array.from(row.cells).forEach((cell, at) => {
      cell.setAttribute("role", cell.tagName === "TH" ? "rowheader" : "cell");
      cell.dataset.label = names[at];
      cell.toggleAttribute("data-empty", at > 0 && ["", "—"].includes(cell.textContent.trim()) && !cell.querySelector("input, button, img, svg"));
    });
  }
  return true;
}

function fit(region) {
  const table = region.querySelector(":scope > table");
  if (!table || !table.tHead || table.tHead.rows.length !== 1 || table.classList.contains("seats")) return;
  region.classList.remove("is-stacked");
  if (!NARROW.matches || region.scrollWidth <= region.clientWidth + 1) return;
  if (table.getAttribute("role") === "table" || named(table)) region.classList.add("is-stacked");
}

export function stackTables(root) {
  for (const region of root.querySelectorAll(".table-scroll")) fit(region);
}

export function restackTables() {
  NARROW.addEventListener("change", () => stackTables(document));
}
