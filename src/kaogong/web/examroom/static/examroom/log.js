// The machine's own log of answers: appended in IndexedDB before anything else happens, struck off when the server has
// acknowledged it. The device's name lives in the same database, so that a lost log never reuses its numbers.

const DATABASE = "kaogong-exam";

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function committed(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}

function newDevice() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return `m-${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

async function openDatabase() {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("entries", { keyPath: ["attempt", "sequence"] });
    request.result.createObjectStore("notes");
  };
  return done(request);
}

export async function openLog() {
  try {
    const database = await openDatabase();
    const transaction = database.transaction("notes", "readwrite");
    const notes = transaction.objectStore("notes");
    let device = await done(notes.get("device"));
    if (!device) {
      device = newDevice();
      notes.put(device, "device");
    }
    await committed(transaction);
    if (navigator.storage?.persist) navigator.storage.persist();
    return new DiskLog(database, device);
  } catch {
    return new MemoryLog(newDevice());
  }
}

class DiskLog {
  constructor(database, device) {
    this.database = database;
    this.device = device;
    this.isKept = true;
  }

  async append(attempt, entry) {
    const transaction = this.database.transaction("entries", "readwrite", { durability: "strict" });
    transaction.objectStore("entries").put({ attempt, ...entry });
    await committed(transaction);
  }

  async all(attempt) {
    const range = IDBKeyRange.bound([attempt, 0], [attempt, Number.MAX_SAFE_INTEGER]);
    return done(this.database.transaction("entries").objectStore("entries").getAll(range));
  }

  async strike(attempt, upTo) {
    const transaction = this.database.transaction(["entries", "notes"], "readwrite");
    transaction.objectStore("entries").delete(IDBKeyRange.bound([attempt, 0], [attempt, upTo]));
    transaction.objectStore("notes").put(upTo, `struck:${attempt}`);
    await committed(transaction);
  }

  async struck(attempt) {
    return (await done(this.database.transaction("notes").objectStore("notes").get(`struck:${attempt}`))) ?? 0;
  }

  async forget(attempt) {
    const transaction = this.database.transaction(["entries", "notes"], "readwrite");
    transaction.objectStore("entries").delete(IDBKeyRange.bound([attempt, 0], [attempt, Number.MAX_SAFE_INTEGER]));
    transaction.objectStore("notes").delete(`flags:${attempt}`);
    transaction.objectStore("notes").delete(`chinese:${attempt}`);
    await committed(transaction);
  }

  async flags(attempt) {
    return (await done(this.database.transaction("notes").objectStore("notes").get(`flags:${attempt}`))) ?? [];
  }

  async keepFlags(attempt, positions) {
    await this.#note(`flags:${attempt}`, positions);
  }

  async chinese(attempt) {
    return (await done(this.database.transaction("notes").objectStore("notes").get(`chinese:${attempt}`))) ?? [];
  }

  async keepChinese(attempt, positions) {
    await this.#note(`chinese:${attempt}`, positions);
  }

  async #note(name, value) {
    const transaction = this.database.transaction("notes", "readwrite");
    transaction.objectStore("notes").put(value, name);
    await committed(transaction);
  }
}

// Where the browser keeps nothing (some private windows): the exam goes on, the page says that a reload would lose what
// is not yet saved by the server.
class MemoryLog {
  constructor(device) {
    this.device = device;
    this.isKept = false;
    this.entries = [];
    this.marked = [];
    this.turned = [];
    this.upTo = 0;
  }

  async append(_attempt, entry) {
    this.entries.push(entry);
  }

  async all() {
    return [...this.entries];
  }

  async strike(_attempt, upTo) {
    this.upTo = upTo;
    this.entries = this.entries.filter((entry) => entry.sequence > upTo);
  }

  async struck() {
    return this.upTo;
  }

  async forget() {
    this.entries = [];
  }

  async flags() {
    return this.marked;
  }

  async keepFlags(_attempt, positions) {
    this.marked = positions;
  }

  async chinese() {
    return this.turned;
  }

  async keepChinese(_attempt, positions) {
    this.turned = positions;
  }
}
