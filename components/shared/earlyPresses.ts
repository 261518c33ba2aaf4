/**
 * What is pressed before React has taken the page over would do nothing, or send a form the browser's own way, which
 * empties it and forgets where signing in was to lead. It is held, and pressed again once somebody listens.
 */

interface EarlyPresses {
  held: Set<HTMLElement>;
  hold: (event: Event) => void;
}

declare global {
  interface Window {
    sluiceEarly?: EarlyPresses;
  }
}

/**
 * The script that comes first of every page. Enter in a field is a press of its form's button. Who
 * presses several times because nothing happens means it once.
 */
export const holdPresses = `{
  const held = new Set();
  const hold = (event) => {
    const pressed = event.type === "submit" ? event.target : event.target.closest?.("button");
    if (!pressed || !event.isTrusted) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    held.add(pressed);
  };
  addEventListener("click", hold, true);
  addEventListener("submit", hold, true);
  window.sluiceEarly = { held, hold };
}`;

/** Presses what was held, and holds nothing from now on. */
export function releasePresses(): void {
  const early = window.sluiceEarly;
  if (!early) return;
  window.sluiceEarly = undefined;
  window.removeEventListener("click", early.hold, true);
  window.removeEventListener("submit", early.hold, true);
  for (const pressed of early.held) {
    if (!pressed.isConnected) continue;
    if (pressed instanceof HTMLFormElement) pressed.requestSubmit();
    else pressed.click();
  }
}
