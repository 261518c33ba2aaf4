/**
 * Copies a text that stands in an element. Where a page has no clipboard, as on plain http beyond this computer, or may
 * not use it, by selecting it there; when that fails as well it stays selected.
 */
export async function copyText(text: string, shown: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const selection = document.getSelection();
    selection?.selectAllChildren(shown);
    const copied = document.execCommand("copy");
    if (copied) selection?.removeAllRanges();
    return copied;
  }
}
