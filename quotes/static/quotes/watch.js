// Asks how far long work is, again and again, until it has ended, and tells when the tracker is
// silent and when it is back. Used by the pages of an import and of a run.
"use strict";
// `address` answers in JSON; `show(now)`: shows it, returns whether the work goes on; `say(words)`:
// tells what cannot be seen; `again`: the link to look for oneself.
window.watch = (address, { everyMs, show, say, again }) => {
  const MOST_MS = 15000;
  // Said once: until the next answer, or until it is given up.
  let isSilent = false;
  const lost = (wrong) => {
    if (wrong) {
      sending.tell(wrong[0], { isSignedOut: wrong[1], again: look });
      return;
    }
    if (!isSilent) say("The tracker does not answer. What is shown may be old; it is asked again.");
    again.textContent = "No answer: look again";
    isSilent = true;
    setTimeout(look, 4 * everyMs);
  };
  const look = async () => {
    let now;
    try {
      const headers = { Accept: "application/json" };
      const answer = await fetch(address, { headers, signal: AbortSignal.timeout(MOST_MS) });
      const text = await answer.text();
      const wrong = sending.wrongWith(answer, text);
      // What will not be better by itself is said; a server that is down comes back.
      if (wrong && answer.status < 500) return lost(wrong);
      if (!answer.ok) throw new Error(answer.statusText);
      now = JSON.parse(text);
    } catch {
      return lost(null);
    }
    if (isSilent) {
      isSilent = false;
      say("The tracker answers again.");
      again.textContent = "Look again";
    }
    if (show(now)) setTimeout(look, everyMs);
  };
  setTimeout(look, everyMs);
};
