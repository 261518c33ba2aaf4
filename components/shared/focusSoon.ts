/** How long what is to be focused may take to appear, ms: a panel opens first, or its script is loaded. */
const PATIENCE_MS = 2_000;
/** A dialog that closes gives the focus back to what opened it some frames later. */
const FRAMES_HELD = 4;

/** What a person does next is theirs: whoever types on must not find it in another field. */
const ACTS = ["keydown", "pointerdown", "input"] as const;

/**
 * Focuses an element as soon as it is there; what is hidden takes no focus, and what lies under a dialog keeps none until
 * that has closed. Ends at once when somebody types or presses.
 */
export function focusSoon(id: string | undefined): void {
  if (!id) return;
  const until = performance.now() + PATIENCE_MS;
  let held = 0;
  let acted = false;
  const onAct = () => {
    acted = true;
  };
  for (const act of ACTS) window.addEventListener(act, onAct, { capture: true });
  const attempt = () => {
    if (!acted) {
      const element = document.getElementById(id);
      held = element && document.activeElement === element ? held + 1 : 0;
      if (held === 0 && !element?.closest("[aria-hidden=true]")) element?.focus();
      if (held < FRAMES_HELD && performance.now() < until) return void requestAnimationFrame(attempt);
    }
    for (const act of ACTS) window.removeEventListener(act, onAct, { capture: true });
  };
  requestAnimationFrame(attempt);
}
