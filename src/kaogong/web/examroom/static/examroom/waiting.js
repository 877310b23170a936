// The waiting room: the server's clock, and the button that wakes when the paper is open.

import { ServerClock, clockTime } from "./clock.js";
import { ask } from "./sending.js";

const room = document.querySelector("[data-waiting]");
const face = room?.querySelector("[data-server-clock]");

if (room && face) {
  const clock = new ServerClock();
  const say = room.querySelector("[data-say]");
  const begin = room.querySelector("[data-begin]");
  clock.learn(room.dataset.server, Date.now(), Date.now());
  const tick = () => {
    face.textContent = clockTime(clock.now());
  };
  tick();
  setInterval(tick, 250);

  const look = async () => {
    try {
      const told = await ask(room.dataset.status, clock);
      if (["submitted", "sealed", "barred", "absent"].includes(told.state)) location.reload();
      const text = told.can_start ? say.dataset.open : say.dataset.shut;
      if (say.textContent !== text) say.textContent = text;
      if (told.can_start && begin.disabled) {
        begin.disabled = false;
        begin.focus();
      }
    } catch (failure) {
      if (failure.status === 401) location.reload();
      else say.textContent = say.dataset.lost;
    }
    setTimeout(look, 3000 + Math.random() * 2000); // spread, so that a full room does not knock at once
  };
  look();
}
