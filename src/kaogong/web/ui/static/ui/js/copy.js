// Copy buttons: shown only where copying works, and they say when it is done.

async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  const words = button.querySelector("span");
  words.textContent = button.dataset.copied;
  button.setAttribute("aria-live", "polite");
}

export function offerCopies(root) {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("[data-copy][hidden]")) {
    button.hidden = false;
    button.addEventListener("click", () => copy(button));
  }
}
