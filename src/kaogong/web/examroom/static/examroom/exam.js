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
let draft = null; // what is being written and not yet in the log: {position, value, timer, since}
const PAUSE = 1000; // a pause of so many milliseconds puts what is being written into the log,
const AT_LEAST_EVERY = 5000; // and so does this long without one

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

async function answer(value, { position } = sheet.question ?? {}) {
  if (isEnding || position === undefined) return;
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

function write() {
  if (isEnding) return;
  const { position } = sheet.question;
  const since = draft?.since ?? Date.now();
  clearTimeout(draft?.timer);
  draft = { position, value: sheet.typed(), since };
  const left = Math.min(PAUSE, Math.max(0, since + AT_LEAST_EVERY - Date.now()));
  draft.timer = setTimeout(keep, left);
  status("waiting", sheet.say("saving"));
}

// Put what is being written into the log now.
async function keep() {
  if (!draft) return;
  const { position, value, timer } = draft;
  clearTimeout(timer);
  draft = null;
  if ((sheet.answers.get(position) ?? "") === value) tellSaved((await sender?.pending())?.length ?? 0);
  else await answer(value, { position });
}

async function show(index) {
  await keep();
  sheet.show(index);
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
  const tongue = { language: told.language, inChinese: await log.chinese(attempt) };
  sheet.open(told.questions, answers, await log.flags(attempt), told.limits, tongue);
  tellSaved(own.length);
  sender.flush();
  setInterval(watch, 20000 + Math.random() * 5000);
}

function beginPractice() {
  endsAt = Date.now() + 10 * 60000;
  const told = JSON.parse(document.getElementById("exam-questions").textContent);
  sheet.open(told.questions, new Map(), [], told.limits);
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
  await keep();
  isEnding = true;
  sheet.find("choices").disabled = true;
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
  await keep();
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

async function finishPractice() {
  await keep();
  root.querySelector("[data-hand-in-sheet]").close();
  alarm(sheet.say("practice_done", { answered: sheet.answers.size }));
  root.querySelector("[data-alert-link]").hidden = false;
}

function listen() {
  sheet.onPick = show;
  const dialog = root.querySelector("[data-hand-in-sheet]");
  root.addEventListener("change", (event) => {
    if (event.target.name === "answer") answer(sheet.chosen(event.target.value));
    else if ("typed" in event.target.dataset) keep();
  });
  root.addEventListener("input", (event) => {
    if ("typed" in event.target.dataset) write();
  });
  document.addEventListener("visibilitychange", keep);
  addEventListener("pagehide", keep);
  sheet.find("previous").addEventListener("click", () => show(sheet.index - 1));
  sheet.find("next").addEventListener("click", () => show(sheet.index + 1));
  sheet.find("flag").addEventListener("click", flag);
  sheet.find("tongue-switch").addEventListener("click", turn);
  sheet.find("words").addEventListener("wheel", roll, { passive: false });
  root.querySelector("[data-hand-in-open]").addEventListener("click", async () => {
    await keep();
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

// To Chinese and back, for the question shown; what is being written is kept first.
async function turn() {
  await keep();
  const positions = sheet.turn();
  if (!isPractice) log.keepChinese(attempt, positions);
}

// The wheel moves lines that run down the page sideways.
function roll(event) {
  if (!sheet.isDown || !event.deltaY || event.shiftKey) return;
  const words = sheet.find("words");
  const before = words.scrollLeft;
  words.scrollLeft += event.deltaY;
  if (words.scrollLeft !== before) event.preventDefault();
}

function keys(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]") || !sheet.question) return;
  if (event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select")) return;
  const choices = sheet.choicesOf(sheet.question).map(([value]) => value);
  const key = event.key.toUpperCase();
  const place = "12345678".indexOf(key) >= 0 ? Number(key) - 1 : "ABCDE".indexOf(key);
  if (key.length === 1 && place >= 0 && place < choices.length) answer(sheet.chosen(choices[place]));
  else if (event.key === "ArrowRight") show(sheet.index + 1);
  else if (event.key === "ArrowLeft") show(sheet.index - 1);
  else if (key === "F") flag();
  else if (key === "L" && sheet.canTurn) turn();
  else if (sheet.isDown && (event.key === "ArrowDown" || event.key === "ArrowUp")) sheet.scroll(event.key === "ArrowDown");
  else if (event.key === "Backspace" && choices.length) answer("");
  else return;
  event.preventDefault();
  event.stopPropagation();
}

listen();
setInterval(tick, 250);
if (isPractice) beginPractice();
else begin();
