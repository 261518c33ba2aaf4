/** What a page with unsaved work is asked before something ends it that is no link. */
export class LeaveEvent extends Event {
  constructor(readonly go: () => void) {
    super("sluice:leave", { cancelable: true });
  }
}

/** Does it at once, or when the page that has unsaved work has asked and was told to. */
export function askBefore(go: () => void): void {
  // When the menu that this was chosen in has given the focus back: the question begins with it, and returns it.
  setTimeout(() => {
    if (window.dispatchEvent(new LeaveEvent(go))) go();
  });
}
