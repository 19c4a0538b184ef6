// Passkeys on the service's own pages: shows what needs them where the browser has them, and lets the browser fill in a
// form's field before the form goes its way. Without this script the pages are as they are.
"use strict";
(() => {
  const Credential = window.PublicKeyCredential;
  if (!Credential?.parseRequestOptionsFromJSON) return;
  // Browsers have no passkeys for addresses, only for names.
  if (/^[\d.]+$|:/.test(location.hostname)) return;

  const ask = async ({ passkeyOptions, passkeyFrom }) => {
    if (passkeyOptions) {
      const publicKey = Credential.parseCreationOptionsFromJSON(JSON.parse(passkeyOptions));
      return navigator.credentials.create({ publicKey });
    }
    const answer = await fetch(passkeyFrom, { method: "POST" });
    if (!answer.ok) throw new Error(String(answer.status));
    const publicKey = Credential.parseRequestOptionsFromJSON((await answer.json()).public_key);
    return navigator.credentials.get({ publicKey });
  };

  for (const note of document.querySelectorAll(".no-script")) note.remove();
  for (const form of document.querySelectorAll("form.passkey")) {
    const field = form.elements.credential;
    const note = form.querySelector(".note");
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      if (field.value) return;
      event.preventDefault();
      note.hidden = true;
      try {
        field.value = JSON.stringify((await ask(form.dataset)).toJSON());
        form.requestSubmit(event.submitter);
      } catch {
        note.hidden = false;
      }
    });
    // Who comes back to the page by the browser's button starts anew.
    window.addEventListener("pageshow", () => { field.value = ""; });
  }
})();
