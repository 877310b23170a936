// What the candidate sees of the paper: one question, the grid of numbers, progress. Draws, knows no network.

const LETTERS = "ABCDEFGH";

export class Sheet {
  constructor(root, words) {
    this.root = root;
    this.words = words;
    this.questions = [];
    this.answers = new Map();
    this.flags = new Set();
    this.index = 0;
    this.find = (name) => root.querySelector(`[data-${name}]`);
  }

  say(name, facts = {}) {
    return (this.words[name] ?? "").replace(/\{(\w+)\}/g, (_all, key) => facts[key] ?? "");
  }

  get question() {
    return this.questions[this.index];
  }

  choicesOf(question) {
    return question.type === "truefalse"
      ? [["T", this.say("true")], ["F", this.say("false")]]
      : question.options.map((text, place) => [LETTERS[place], text]);
  }

  open(questions, answers, flags) {
    this.questions = questions;
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
    this.find("type").textContent = this.say(question.type);
    const box = this.find("choices");
    const stem = this.find("stem");
    stem.textContent = question.stem;
    box.replaceChildren(stem, ...this.choicesOf(question).map(([value, text]) => this.#choice(question, value, text)));
    this.find("previous").disabled = index === 0;
    this.find("next").disabled = index === this.questions.length - 1;
    this.#drawFlag();
    this.#mark();
    if (focus) stem.focus({ preventScroll: true });
    this.root.scrollIntoView({ block: "start" });
  }

  #choice(question, value, text) {
    const label = document.createElement("label");
    label.className = "exam-choice";
    const input = document.createElement("input");
    input.type = "radio";
    input.name = "answer";
    input.value = value;
    input.checked = this.answers.get(question.position) === value;
    const letter = document.createElement("span");
    letter.className = "exam-letter";
    letter.textContent = question.type === "truefalse" ? (value === "T" ? "✓" : "✗") : value;
    const words = document.createElement("span");
    words.textContent = text;
    label.append(input, letter, words);
    return label;
  }

  setAnswer(position, answer) {
    if (answer) this.answers.set(position, answer);
    else this.answers.delete(position);
    for (const input of this.root.querySelectorAll("input[name=answer]")) {
      input.checked = position === this.question.position && input.value === answer;
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
      button.addEventListener("click", () => this.show(index));
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
