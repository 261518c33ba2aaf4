/** What was unfolded at the lower edge would stay under the bar there, as if nothing had happened. */
export function showWhole(unfolded: HTMLElement): void {
  unfolded.parentElement?.scrollIntoView({ block: "nearest" });
}
