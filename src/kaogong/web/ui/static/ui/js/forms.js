// Forms: a chosen photo is shown before it is sent, a chosen filter applies at once.

export function previewPhotos() {
  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!input.matches("[data-photo-input]")) return;
    const preview = document.getElementById(input.dataset.photoInput);
    if (preview.src) URL.revokeObjectURL(preview.src);
    const photo = input.files[0];
    preview.hidden = !photo;
    if (photo) preview.src = URL.createObjectURL(photo);
  });
}

export function submitOnChange() {
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
  });
}
