// What the candidate sees of the paper: one question, the grid of numbers, progress. Draws, knows no network.

import { rich } from "../ui/js/rich.js";

const LETTERS = "ABCDEFGH";
const GAP = /_{2,}/; // as the bank writes a gap
const WRITTEN = new Set(["short", "calculation", "essay", "case"]);
// What a keyboard or the clipboard may bring along and no answer holds: control characters, halves of characters.
const JUNK = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

function clean(text) {
  const whole = text.toWellFormed ? text.toWellFormed() : text;
  return whole.replace(/\r\n?/g, "\n").replace(JUNK, "");
}

export class Sheet {
  constructor(root, words) {
    this.root = root;
    this.words = words;
    this.questions = [];
    this.answers = new Map();
    this.flags = new Set();
    this.limits = { gap: 60, text: 2000 };
    this.index = 0;
    this.language = null; // the paper's language beside Chinese: {tag, name, own_name, dir, is_down, truths}
    this.inChinese = new Set(); // positions that she has turned to Chinese
    this.onPick = (index) => this.show(index);
    this.find = (name) => root.querySelector(`[data-${name}]`);
  }

  say(name, facts = {}) {
    return (this.words[name] ?? "").replace(/\{(\w+)\}/g, (_all, key) => facts[key] ?? "");
  }

  get question() {
    return this.questions[this.index];
  }

  get canTurn() {
    return Boolean(this.language && this.question?.own);
  }

  // Whether the question shown is in her language, and not in Chinese.
  get isOwn() {
    return this.canTurn && !this.inChinese.has(this.question.position);
  }

  get isDown() {
    return this.isOwn && this.language.is_down;
  }

  // Nothing to choose from where the answer is written.
  choicesOf(question) {
    if (this.isTyped(question)) return [];
    const own = question === this.question && this.isOwn;
    if (question.type === "truefalse") {
      const [right, wrong] = own ? this.language.truths : [];
      return [["T", right || this.say("true")], ["F", wrong || this.say("false")]];
    }
    return (own ? question.own : question).options.map((text, place) => [LETTERS[place], text]);
  }

  isTyped(question) {
    return question.gaps > 0 || WRITTEN.has(question.type);
  }

  open(questions, answers, flags, limits, { language = null, inChinese = [] } = {}) {
    this.questions = questions;
    this.language = language;
    for (const position of inChinese) this.inChinese.add(position);
    this.find("tongue-keys").hidden = !language;
    this.limits = limits;
    for (const [position, answer] of answers) this.answers.set(position, answer);
    for (const position of flags) this.flags.add(position);
    this.find("loading").hidden = true;
    this.find("choices").hidden = false;
    this.#drawGrid();
    const first = questions.findIndex((question) => !this.answers.get(question.position));
    this.show(first < 0 ? 0 : first, { focus: false });
  }

  show(index, { focus = true } = {}) {
    if (index < 0 || index >= this.questions.length) return;
    this.index = index;
    const question = this.question;
    this.find("place").textContent = this.say("question", { number: question.number, total: this.questions.length });
    const several = question.type === "multiple" ? ` · ${this.say("several")}` : "";
    this.find("type").textContent = this.say(question.type) + several;
    const box = this.find("choices");
    const stem = this.find("stem");
    stem.replaceChildren(...this.#stem(this.isOwn ? { ...question, stem: question.own.stem } : question));
    this.#drawTongue();
    box.replaceChildren(stem, ...this.#controls(question));
    this.find("previous").disabled = index === 0;
    this.find("next").disabled = index === this.questions.length - 1;
    this.#drawFlag();
    this.#mark();
    if (focus) stem.focus({ preventScroll: true });
    this.root.scrollIntoView({ block: "start" });
  }

  // Her language, or Chinese: how the words run, what the switch says, what is missing.
  #drawTongue() {
    const box = this.find("choices");
    box.classList.toggle("tongue", this.isOwn);
    box.lang = this.isOwn ? this.language.tag : "";
    box.dir = this.isOwn ? this.language.dir : "";
    if (!this.isOwn) for (const name of ["lang", "dir"]) box.removeAttribute(name);
    const words = this.find("words");
    words.classList.toggle("is-down", this.isDown);
    words.scrollLeft = 0;
    if (this.isDown) words.tabIndex = 0;
    else words.removeAttribute("tabindex");
    this.find("tongue").hidden = !this.language;
    if (!this.language) return;
    const button = this.find("tongue-switch");
    button.hidden = !this.canTurn;
    const note = this.find("tongue-note");
    const name = this.language.name;
    note.textContent = this.canTurn ? "" : this.say("only_chinese", { language: name });
    this.find("tongue-text").textContent = this.isOwn ? this.say("in_chinese") : this.say("in_own", { language: name });
  }

  // Turn the question shown to Chinese, or back; returns the positions that stand in Chinese.
  turn() {
    const { position } = this.question;
    if (this.canTurn && !this.inChinese.delete(position)) this.inChinese.add(position);
    this.show(this.index, { focus: false });
    return [...this.inChinese];
  }

  // Lines that run down the page go on to the right.
  scroll(isOn) {
    const words = this.find("words");
    words.scrollLeft += (isOn ? 0.8 : -0.8) * words.clientWidth;
  }

  #stem({ stem, gaps }) {
    if (!gaps) return rich(stem);
    return stem.split(GAP).flatMap((text, place) => {
      if (!place) return rich(text);
      const gap = document.createElement("span");
      gap.className = "exam-gap";
      gap.textContent = place;
      return [gap, ...rich(text)];
    });
  }

  #controls(question) {
    if (question.gaps) return this.#gaps(question);
    if (WRITTEN.has(question.type)) return this.#page(question);
    return this.choicesOf(question).map(([value, text]) => this.#choice(question, value, text));
  }

  #gaps(question) {
    const lines = (this.answers.get(question.position) ?? "").split("\n");
    return Array.from({ length: question.gaps }, (_none, place) => {
      const label = document.createElement("label");
      label.className = "exam-fill";
      const name = document.createElement("span");
      name.textContent = this.say("gap", { number: place + 1 });
      const input = document.createElement("input");
      Object.assign(input, { type: "text", className: "form-control", maxLength: this.limits.gap });
      Object.assign(input, { autocomplete: "off", spellcheck: false, value: lines[place] ?? "" });
      input.dataset.typed = "";
      label.append(name, input);
      return label;
    });
  }

  #page(question) {
    const label = document.createElement("label");
    label.className = "exam-written";
    const name = document.createElement("span");
    name.textContent = this.say("written");
    const area = document.createElement("textarea");
    Object.assign(area, { className: "form-control", rows: 10, maxLength: this.limits.text, spellcheck: false });
    area.value = this.answers.get(question.position) ?? "";
    area.dataset.typed = "";
    label.append(name, area);
    const length = document.createElement("p");
    length.className = "exam-length muted small";
    length.dataset.length = "";
    length.textContent = this.say("length", { count: area.value.length, most: this.limits.text });
    return [label, length];
  }

  // What stands in the fields of the question shown: a line for each gap, or the text; empty when all are blank.
  typed() {
    const fields = [...this.find("choices").querySelectorAll("[data-typed]")];
    const line = (text) => (this.question.gaps ? clean(text).replace(/\n/g, " ") : clean(text));
    const value = fields.map((field) => line(field.value)).join("\n");
    const length = this.find("length");
    if (length) length.textContent = this.say("length", { count: value.length, most: this.limits.text });
    return value.trim() ? value : "";
  }

  // The answer that a letter stands for now: of several in order, each put in or taken out by its letter.
  chosen(value) {
    if (this.question.type !== "multiple") return value;
    const letters = new Set(this.answers.get(this.question.position) ?? "");
    if (!letters.delete(value)) letters.add(value);
    return [...letters].sort().join("");
  }

  #choice(question, value, text) {
    const label = document.createElement("label");
    label.className = "exam-choice";
    const input = document.createElement("input");
    input.type = question.type === "multiple" ? "checkbox" : "radio";
    input.name = "answer";
    input.value = value;
    input.checked = (this.answers.get(question.position) ?? "").includes(value);
    const letter = document.createElement("span");
    letter.className = "exam-letter";
    letter.textContent = question.type === "truefalse" ? (value === "T" ? "✓" : "✗") : value;
    const words = document.createElement("span");
    words.replaceChildren(...rich(text));
    label.append(input, letter, words);
    return label;
  }

  setAnswer(position, answer) {
    if (answer) this.answers.set(position, answer);
    else this.answers.delete(position);
    for (const input of this.root.querySelectorAll("input[name=answer]")) {
      input.checked = position === this.question.position && answer.includes(input.value);
    }
    this.#mark();
  }

  toggleFlag() {
    const { position } = this.question;
    if (!this.flags.delete(position)) this.flags.add(position);
    this.#drawFlag();
    this.#mark();
    return [...this.flags];
  }

  #drawFlag() {
    const isOn = this.flags.has(this.question.position);
    this.find("flag").setAttribute("aria-pressed", String(isOn));
    this.find("flag-text").textContent = this.say(isOn ? "unflag" : "flag");
  }

  #drawGrid() {
    const cells = this.questions.map((question, index) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = question.number;
      button.addEventListener("click", () => this.onPick(index));
      item.append(button);
      return item;
    });
    this.find("grid").replaceChildren(...cells);
  }

  #mark() {
    this.find("grid").querySelectorAll("button").forEach((button, index) => {
      const { position, number } = this.questions[index];
      const isAnswered = this.answers.has(position);
      const isFlagged = this.flags.has(position);
      button.classList.toggle("is-answered", isAnswered);
      button.classList.toggle("is-flagged", isFlagged);
      if (index === this.index) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
      const state = [this.say(isAnswered ? "answered" : "open"), ...(isFlagged ? [this.say("flagged")] : [])];
      button.setAttribute("aria-label", `${number} ${state.join(" ")}`);
    });
    const facts = { answered: this.answers.size, total: this.questions.length };
    this.find("progress").textContent = this.say("progress", facts);
  }

  // What the confirmation says: which questions are open, which are flagged.
  describeOpen() {
    const open = this.questions.filter((question) => !this.answers.has(question.position));
    return open.length
      ? this.say("unanswered", { count: open.length, numbers: this.#numbers(open) })
      : this.say("all_answered", { total: this.questions.length });
  }

  describeFlags() {
    const flagged = this.questions.filter((question) => this.flags.has(question.position));
    return flagged.length ? this.say("flags_left", { count: flagged.length, numbers: this.#numbers(flagged) }) : "";
  }

  #numbers(questions) {
    const few = questions.slice(0, 12).map((question) => question.number).join(this.say("between"));
    return questions.length > 12 ? few + this.say("and_more") : few;
  }
}
