// The exam: brings sheet, log, clock and sender together. Every answer goes to this machine's log first, then to the
// server; the line on top always says where it is.

import { ServerClock, clockTime, timeLeft } from "./clock.js";
import { openLog } from "./log.js";
import { Refused, Sender, ask } from "./sending.js";
import { Sheet } from "./sheet.js";

const root = document.querySelector("[data-exam]");
const words = JSON.parse(document.getElementById("exam-words").textContent);
const sheet = new Sheet(root, words);
const clock = new ServerClock();
const isPractice = root.dataset.exam === "practice";
const saved = document.querySelector("[data-saved]");
const savedText = document.querySelector("[data-saved-text]");
const left = document.querySelector("[data-left]");
const spoken = document.querySelector("[data-spoken]"); // read aloud: only what changes the candidate's mind
const MILESTONES = [30, 10, 5, 1]; // minutes left
let log = null;
let sender = null;
let attempt = "";
let sequence = 0;
let endsAt = 0;
let lastSaved = "";
let isEnding = false;
let minutesBefore = Infinity;

function status(kind, text) {
  const isLost = saved.classList.contains("is-stopped");
  if (kind === "stopped" ? !isLost : isLost && kind === "done") spoken.textContent = text;
  saved.className = `exam-saved is-${kind}`;
  savedText.textContent = text;
}

function alarm(text, { door = false } = {}) {
  root.querySelector("[data-alert-text]").textContent = text;
  root.querySelector("[data-alert-link]").hidden = !door;
  root.querySelector("[data-alert]").hidden = !text;
}

function tellSaved(pending) {
  const parts = lastSaved ? [sheet.say("saved", { time: lastSaved })] : [];
  parts.push(sheet.say("waiting", { count: pending }));
  status(pending ? "waiting" : "done", parts.join(" · "));
}

async function answer(value) {
  if (isEnding || !sheet.question) return;
  const { position } = sheet.question;
  if ((sheet.answers.get(position) ?? "") === value) return;
  if (isPractice) {
    sheet.setAnswer(position, value);
    lastSaved = clockTime(Date.now());
    tellSaved(0);
    return;
  }
  sequence += 1;
  const entry = { sequence, position, answer: value, at: new Date(clock.now()).toISOString() };
  sheet.setAnswer(position, value);
  await log.append(attempt, entry);
  sender.flush();
}

async function begin() {
  log = await openLog();
  if (!log.isKept) alarm(sheet.say("memory"));
  let told = null;
  while (!told) {
    try {
      told = await ask(root.dataset.start, clock, { device: log.device });
    } catch (failure) {
      if (failure instanceof Refused) return refused(failure);
      status("stopped", sheet.say("offline"));
      await new Promise((resolve) => setTimeout(resolve, 3000));
    }
  }
  attempt = told.attempt;
  endsAt = Date.parse(told.ends_at);
  const answers = new Map(Object.entries(told.answers).map(([position, value]) => [Number(position), value]));
  await log.strike(attempt, told.acknowledged);
  const own = await log.all(attempt); // what only this machine has: a browser that died before it could send
  for (const entry of own) {
    if (entry.answer) answers.set(entry.position, entry.answer);
    else answers.delete(entry.position);
  }
  sequence = Math.max(told.acknowledged, await log.struck(attempt), ...own.map((entry) => entry.sequence));
  sender = new Sender({
    url: root.dataset.save,
    log,
    attempt,
    clock,
    onSaved: (back) => {
      lastSaved = clockTime(Date.parse(back.saved_at));
      if (back.ends_at) endsAt = Date.parse(back.ends_at);
      alarm("");
    },
    onPending: tellSaved,
    onLost: (count) => status("stopped", `${sheet.say("offline")} · ${sheet.say("waiting", { count })}`),
    onRefused: refused,
  });
  sheet.open(told.questions, answers, await log.flags(attempt));
  tellSaved(own.length);
  sender.flush();
  setInterval(watch, 20000 + Math.random() * 5000);
}

function beginPractice() {
  endsAt = Date.now() + 10 * 60000;
  sheet.open(JSON.parse(document.getElementById("exam-questions").textContent), new Map(), []);
  tellSaved(0);
}

function refused(failure) {
  if (failure.told.kind === "handed_in") {
    location.assign(root.dataset.receipt);
  } else if (failure.status === 401 || failure.status === 403) {
    alarm(sheet.say("door"), { door: true });
    status("stopped", sheet.say("door"));
  } else {
    alarm([failure.told.words, failure.told.advice].filter(Boolean).join(" "));
    status("stopped", failure.told.words ?? "");
  }
}

async function watch() {
  try {
    const told = await ask(root.dataset.status, clock);
    endsAt = Date.parse(told.ends_at);
    if (["submitted", "sealed"].includes(told.state)) location.assign(root.dataset.receipt);
    if (told.state === "barred") location.assign(root.dataset.door);
    if ((await sender.pending()).length) sender.flush();
  } catch (failure) {
    if (failure instanceof Refused) refused(failure);
  }
}

function tick() {
  if (!endsAt) return;
  const remaining = endsAt - clock.now();
  left.textContent = timeLeft(remaining);
  const minutes = Math.ceil(remaining / 60000);
  const reached = MILESTONES.find((each) => minutes <= each && minutesBefore > each && minutesBefore !== Infinity);
  if (reached) spoken.textContent = spoken.dataset.minutes.replace("{minutes}", minutes);
  minutesBefore = minutes;
  left.parentElement.classList.toggle("is-short", remaining < 10 * 60000);
  if (remaining <= 0 && !isEnding) end();
}

async function end() {
  isEnding = true;
  if (isPractice) return finishPractice();
  alarm(sheet.say("over"));
  for (;;) {
    await sender.flush();
    const pending = (await sender.pending()).length;
    if (!pending) return handIn();
    alarm(sheet.say("over_waiting", { count: pending }));
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

async function handIn() {
  const line = root.querySelector("[data-hand-in-say]");
  await sender.flush();
  const pending = (await sender.pending()).length;
  if (pending) {
    line.textContent = sheet.say("cannot_hand_in", { count: pending });
    return;
  }
  try {
    await ask(root.dataset.handIn, clock, {});
    location.assign(root.dataset.receipt);
  } catch (failure) {
    if (failure instanceof Refused) refused(failure);
    line.textContent = failure instanceof Refused ? (failure.told.words ?? "") : sheet.say("offline");
    if (isEnding) setTimeout(handIn, 3000);
  }
}

function finishPractice() {
  root.querySelector("[data-hand-in-sheet]").close();
  alarm(sheet.say("practice_done", { answered: sheet.answers.size }));
  root.querySelector("[data-alert-link]").hidden = false;
}

function listen() {
  const dialog = root.querySelector("[data-hand-in-sheet]");
  root.addEventListener("change", (event) => {
    if (event.target.name === "answer") answer(event.target.value);
  });
  sheet.find("previous").addEventListener("click", () => sheet.show(sheet.index - 1));
  sheet.find("next").addEventListener("click", () => sheet.show(sheet.index + 1));
  sheet.find("flag").addEventListener("click", flag);
  root.querySelector("[data-hand-in-open]").addEventListener("click", () => {
    root.querySelector("[data-hand-in-open-count]").textContent = sheet.describeOpen();
    root.querySelector("[data-hand-in-flags]").textContent = sheet.describeFlags();
    root.querySelector("[data-hand-in-say]").textContent = "";
    dialog.showModal();
  });
  root.querySelector("[data-hand-in-close]").addEventListener("click", () => dialog.close());
  root.querySelector("[data-hand-in-now]").addEventListener("click", () => (isPractice ? finishPractice() : handIn()));
  document.addEventListener("keydown", keys);
}

function flag() {
  const positions = sheet.toggleFlag();
  if (!isPractice) log.keepFlags(attempt, positions);
}

function keys(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]") || !sheet.question) return;
  if (event.target.closest("input:not([type=radio]), textarea, select")) return;
  const choices = sheet.choicesOf(sheet.question).map(([value]) => value);
  const key = event.key.toUpperCase();
  const place = "1234567".indexOf(key) >= 0 ? Number(key) - 1 : "ABCDE".indexOf(key);
  if (key.length === 1 && place >= 0 && place < choices.length) answer(choices[place]);
  else if (event.key === "ArrowRight") sheet.show(sheet.index + 1);
  else if (event.key === "ArrowLeft") sheet.show(sheet.index - 1);
  else if (key === "F") flag();
  else if (event.key === "Backspace") answer("");
  else return;
  event.preventDefault();
  event.stopPropagation();
}

listen();
setInterval(tick, 250);
if (isPractice) beginPractice();
else begin();
