// htmx requests carry the CSRF token, failures are said aloud, and new content is awakened.

function csrfToken() {
  const field = document.querySelector("input[name=csrfmiddlewaretoken]");
  return field ? field.value : "";
}

export function say(text) {
  const place = document.getElementById("toasts");
  const line = document.createElement("div");
  line.className = "toast-line";
  const words = document.createElement("span");
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "×";
  close.setAttribute("aria-label", place.dataset.closeText);
  close.addEventListener("click", () => line.remove());
  line.append(words, close);
  place.replaceChildren(line); // it stays until it is closed: nothing here vanishes by the clock
}

export function listenForHtmx(awaken) {
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = csrfToken();
  });
  for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    document.addEventListener(failure, () => say(document.getElementById("toasts").dataset.failedText));
  }
  document.addEventListener("htmx:afterSettle", (event) => awaken(event.target));
}
