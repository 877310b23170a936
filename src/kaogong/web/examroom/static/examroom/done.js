// After the hand-in nothing of the attempt stays on the machine.

import { openLog } from "./log.js";

const done = document.querySelector("[data-exam-done]");
if (done) openLog().then((log) => log.forget(done.dataset.examDone));
