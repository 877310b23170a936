// Talking to the server: every answer carries its time; what cannot be sent now is sent again, later and later up to
// a quarter of a minute, and at once when the network comes back.

export class Refused extends Error {
  constructor(status, told) {
    super(told.words ?? String(status));
    this.status = status;
    this.told = told;
  }
}

function token() {
  return document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
}

export async function ask(url, clock, body) {
  const sent = Date.now();
  const response = await fetch(url, {
    method: body === undefined ? "GET" : "POST",
    headers: body === undefined ? {} : { "Content-Type": "application/json", "X-CSRFToken": token() },
    body: body === undefined ? undefined : JSON.stringify(body),
    credentials: "same-origin",
    cache: "no-store",
    signal: AbortSignal.timeout(15000),
  });
  if (response.status >= 500) throw new TypeError(`server ${response.status}`); // as good as unreachable: try again
  const told = await response.json().catch(() => ({}));
  if (told.server_time) clock.learn(told.server_time, sent, Date.now());
  if (!response.ok) throw new Refused(response.status, told);
  return told;
}

// Sends the log of one attempt until the server has all of it.
export class Sender {
  constructor({ url, log, attempt, clock, onSaved, onPending, onLost, onRefused }) {
    Object.assign(this, { url, log, attempt, clock, onSaved, onPending, onLost, onRefused });
    this.wait = 0;
    this.running = null;
    this.again = false;
    this.timer = null;
    addEventListener("online", () => this.flush());
  }

  flush() {
    clearTimeout(this.timer);
    if (this.running) {
      this.again = true;
      return this.running;
    }
    this.running = this.#send().finally(() => {
      this.running = null;
      if (this.again) {
        this.again = false;
        this.flush();
      }
    });
    return this.running;
  }

  async pending() {
    return this.log.all(this.attempt);
  }

  async #send() {
    let entries = await this.pending();
    while (entries.length) {
      const part = entries.slice(0, 200);
      this.onPending(entries.length);
      try {
        const told = await ask(this.url, this.clock, {
          device: this.log.device,
          entries: part.map(({ sequence, position, answer, at }) => ({ sequence, position, answer, at })),
        });
        await this.log.strike(this.attempt, told.acknowledged);
        this.wait = 0;
        this.onSaved(told);
      } catch (failure) {
        if (failure instanceof Refused) {
          this.onRefused(failure);
          return;
        }
        this.wait = Math.min(15000, this.wait * 2 || 1500);
        this.onLost(entries.length);
        this.timer = setTimeout(() => this.flush(), this.wait);
        return;
      }
      const left = await this.pending();
      if (left.length === entries.length) return; // a gap that the server does not close: never spin
      entries = left;
    }
    this.onPending(0);
  }
}
