// The examiner's sheet: big steppers, the sum as one goes, and a draft in this tablet until it is signed, so that a
// dead battery or a lost network costs nothing.

const form = document.querySelector("[data-score-sheet]");
const key = `kaogong-sheet:${form.dataset.scoreSheet}`;
const fields = [...form.querySelectorAll("input[data-most]")];
const unsafe = form.querySelector("[data-unsafe]");
const note = form.querySelector("#note");

function number(field) {
  const value = Number(field.value.trim().replace("．", "."));
  return field.value.trim() === "" || Number.isNaN(value) ? null : value;
}

function set(field, value) {
  const most = Number(field.dataset.most);
  field.value = String(Math.min(most, Math.max(0, Math.round(value * 2) / 2)));
  changed();
}

function changed() {
  const marks = fields.map(number);
  const sum = unsafe.checked ? 0 : marks.reduce((total, mark) => total + (mark ?? 0), 0);
  for (const place of form.querySelectorAll("[data-sum]")) place.textContent = sum.toFixed(1);
  const open = marks.filter((mark) => mark === null).length;
  const left = form.querySelector("[data-left]");
  left.textContent = open ? left.dataset.words.replace("{n}", open) : "";
  fields.forEach((field, place) => {
    const isWrong = marks[place] !== null && (marks[place] < 0 || marks[place] > Number(field.dataset.most) || (marks[place] * 2) % 1);
    field.toggleAttribute("aria-invalid", Boolean(isWrong));
  });
  keep();
}

function keep() {
  const draft = { marks: Object.fromEntries(fields.map((field) => [field.name, field.value])), unsafe: unsafe.checked, note: note.value };
  try {
    localStorage.setItem(key, JSON.stringify(draft));
  } catch {
    // a full or forbidden store: the sheet itself still holds everything until it is signed
  }
}

function restore() {
  let draft = null;
  try {
    draft = JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    draft = null;
  }
  if (!draft) return;
  for (const field of fields) if (!field.value && draft.marks?.[field.name]) field.value = draft.marks[field.name];
  if (!unsafe.checked) unsafe.checked = Boolean(draft.unsafe);
  if (!note.value) note.value = draft.note ?? "";
}

form.addEventListener("click", (event) => {
  const button = event.target.closest("[data-step], [data-full]");
  if (!button) return;
  const field = button.parentElement.querySelector("input[data-most]");
  if (button.hasAttribute("data-full")) set(field, Number(field.dataset.most));
  else set(field, (number(field) ?? (button.dataset.step === "-" ? Number(field.dataset.most) : 0)) + (button.dataset.step === "+" ? 0.5 : -0.5));
});
form.addEventListener("input", changed);
form.addEventListener("submit", (event) => {
  if (event.submitter?.formMethod !== "dialog") keep();
});
restore();
changed();
