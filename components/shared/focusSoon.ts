/** How long what is to be focused may take to appear, ms: a panel opens first, or its script is loaded. */
const PATIENCE_MS = 2_000;

/** Focuses an element as soon as it is there; what is hidden takes no focus. */
export function focusSoon(id: string | undefined): void {
  if (!id) return;
  const until = performance.now() + PATIENCE_MS;
  const attempt = () => {
    const element = document.getElementById(id);
    element?.focus();
    if (document.activeElement !== element && performance.now() < until) requestAnimationFrame(attempt);
  };
  requestAnimationFrame(attempt);
}
