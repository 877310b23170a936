// Typesets the formulas in an item's words: `$…$` in the line, `$$…$$` by itself. Elements that hold such words say so
// with `data-rich`; a module that draws its own asks for `rich(text)`. KaTeX writes styles through the object model,
// which the content security policy allows, and MathML beside them for those who listen.

import "../vendor/katex/katex.min.js";

// The rule by which the server parts texts too: `PIECE` in kaogong/itembank/rules/formulas.py.
const PIECE = /(?<![\\$])\$\$((?:\\.|[^$\\])+)\$\$|(?<![\\$])\$((?=\S)(?:\\.|[^$\\])+(?<=\S))\$(?![\d$])/gs;
const OPTIONS = { output: "htmlAndMathml", trust: false, strict: false, maxExpand: 50, maxSize: 20, throwOnError: true };

function formula(tex, isBlock) {
  const place = document.createElement("span");
  place.className = isBlock ? "formula formula-block" : "formula";
  place.dir = "ltr";
  try {
    window.katex.render(tex, place, { ...OPTIONS, displayMode: isBlock });
  } catch {
    place.textContent = tex; // an old item, from before formulas were judged: its source is better than nothing
  }
  return place;
}

export function rich(text) {
  const nodes = [];
  const say = (words) => words && nodes.push(words.replaceAll("\\$", "$"));
  let place = 0;
  for (const found of text.matchAll(PIECE)) {
    say(text.slice(place, found.index));
    nodes.push(formula(found[1] ?? found[2], found[1] !== undefined));
    place = found.index + found[0].length;
  }
  say(text.slice(place));
  return nodes;
}

function typeset(root) {
  for (const each of root.querySelectorAll("[data-rich]")) {
    delete each.dataset.rich;
    each.replaceChildren(...rich(each.textContent));
  }
}

document.addEventListener("htmx:afterSettle", (event) => typeset(event.target));
typeset(document);
