/** How long what is to be focused may take to appear, ms: a panel opens first, or its script is loaded. */
const PATIENCE_MS = 2_000;
/** A dialog that closes gives the focus back to what opened it some frames later. */
const FRAMES_HELD = 4;

/**
 * Focuses an element as soon as it is there; what is hidden takes no focus, and what lies under a dialog keeps none until
 * that has closed.
 */
export function focusSoon(id: string | undefined): void {
  if (!id) return;
  const until = performance.now() + PATIENCE_MS;
  let held = 0;
  const attempt = () => {
    const element = document.getElementById(id);
    held = element && document.activeElement === element ? held + 1 : 0;
    if (held === 0 && !element?.closest("[aria-hidden=true]")) element?.focus();
    if (held < FRAMES_HELD && performance.now() < until) requestAnimationFrame(attempt);
  };
  requestAnimationFrame(attempt);
}
