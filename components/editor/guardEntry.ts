/** What an arrival in the history means to a page with a guard; "mine" is not for the router. */
type Arrival = "mine" | "back" | "elsewhere";

/**
 * A second history entry of a page, above its own, on which the page stands while it has unsaved work: Back arrives at
 * the own one, which is when to ask, and Forward leads nowhere. Without unsaved work the page stands on its own entry, so
 * that no step of the browser's is one that does nothing.
 *
 * The mark is in `history.state`, which Next's router writes anew when it likes; it is needed after a reload only.
 */
export class GuardEntry {
  /** Whether the page stands on the guard. */
  isOn = isMarked(window.history.state);
  private readonly path = window.location.pathname;
  private href = window.location.href;
  private ownState: unknown = null;
  private guardState: unknown = null;
  /** On the way from the guard to the page's own entry. */
  private isReturning = false;
  private afterReturn: (() => void) | null = null;

  /** Steps onto the guard, from wherever Back has led. */
  enter(): void {
    if (this.isReturning) {
      this.afterReturn = () => this.enter();
      return;
    }
    if (this.isOn) return;
    const { history, location } = window;
    if (location.pathname === this.path) {
      this.href = location.href;
      this.ownState = history.state;
      this.guardState = { ...history.state, sluiceGuard: true };
    } else {
      // Back went over several pages at once.
      history.pushState(this.ownState, "", this.href);
    }
    // Coming back to where the page was when the work began would look like a jump.
    history.scrollRestoration = "manual";
    history.pushState(this.guardState, "", this.href);
    history.scrollRestoration = "auto";
    this.isOn = true;
  }

  /** Steps back to the page's own entry; the browser takes a moment for it. */
  leave(): void {
    if (this.isReturning) this.afterReturn = null;
    if (!this.isOn) return;
    this.keepMark();
    this.isOn = false;
    this.isReturning = true;
    window.history.back();
  }

  /** Does it at once, or as soon as the page stands on its own entry. Answers whether it has to wait. */
  whenBack(act: () => void): boolean {
    if (this.isReturning) this.afterReturn = act;
    else act();
    return this.isReturning;
  }

  /** Puts the mark back which the router may have written over. */
  keepMark(): void {
    const { history } = window;
    if (this.isOn && !isMarked(history.state))
      history.replaceState({ ...history.state, sluiceGuard: true }, "");
  }

  /** Goes to where Back was to lead: below the page's own entry, where it stands, or to where it has led already. */
  goBack(elsewhere: () => void): void {
    const { history, location } = window;
    if (location.pathname !== this.path) {
      // The router has yet to hear of it.
      window.dispatchEvent(new PopStateEvent("popstate", { state: history.state }));
    } else if (history.length > OWN_AND_GUARD) {
      history.back();
    } else {
      // The page was the first of its tab.
      elsewhere();
    }
  }

  /** Takes note of where a step in the history has led. */
  arrived(state: unknown): Arrival {
    const here = window.location.pathname === this.path;
    const wasReturning = this.isReturning;
    this.isReturning = false;
    this.isOn = here && isMarked(state);
    if (this.isOn) return "mine";
    if (!here || !wasReturning) return here ? "back" : "elsewhere";
    // The browser may have yet to look whether it restores where the page was.
    setTimeout(() => {
      if (!this.isOn) window.history.scrollRestoration = "auto";
    });
    const act = this.afterReturn;
    this.afterReturn = null;
    act?.();
    return "mine";
  }
}

const OWN_AND_GUARD = 2;

const isMarked = (state: unknown) => (state as { sluiceGuard?: unknown } | null)?.sluiceGuard === true;
