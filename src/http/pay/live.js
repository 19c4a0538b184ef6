// Shows when a payment was made elsewhere, and takes the payer back to the shop. Without this script the pages are as they
// are, with links for both.
"use strict";
(() => {
  const { live, state } = document.body.dataset;
  const wide = window.matchMedia("(min-width: 40rem)").matches;
  for (const details of document.querySelectorAll("details.wallet")) details.open ||= wide;

  const back = document.querySelector("a[data-return]");
  if (back) setTimeout(() => location.assign(back.href), 2500);
  if (!live) return;

  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const watch = async () => {
    for (;;) {
      try {
        const answer = await fetch(live, { headers: { Accept: "application/json" }, cache: "no-store" });
        // Not reloaded: a page that answered a form would ask whether to send it again.
        if (answer.ok && (await answer.json()).state !== state) return location.replace(location.href);
        // Where too many wait, the answer comes at once; and not all pages of a shop shall come back at one moment.
        await pause((answer.ok ? 700 : 4000) + 600 * Math.random());
      } catch {
        await pause(5000);
      }
    }
  };
  watch();
})();
