// The server's clock, as well as it can be known from here: the offset of the answer that travelled fastest counts.

export class ServerClock {
  constructor() {
    this.offset = 0;
    this.quickest = Infinity;
  }

  // `sent` and `received` by this machine's clock, in milliseconds; `stamp` the server's ISO time in between.
  learn(stamp, sent, received) {
    const trip = received - sent;
    const server = Date.parse(stamp);
    if (Number.isNaN(server) || trip < 0) return;
    this.quickest = Math.min(this.quickest * 1.1, Infinity); // an old measure ages, so that a drifting clock is followed
    if (trip <= this.quickest) {
      this.quickest = trip;
      this.offset = server - (sent + received) / 2;
    }
  }

  now() {
    return Date.now() + this.offset;
  }
}

export function clockTime(milliseconds) {
  return new Intl.DateTimeFormat("zh-CN", {
    timeZone: "Asia/Shanghai",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hour12: false,
  }).format(new Date(milliseconds));
}

export function timeLeft(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${two(minutes)}:${two(seconds % 60)}`;
}
