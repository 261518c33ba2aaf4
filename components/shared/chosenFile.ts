/** Opens the browser's chooser. The file that was chosen last can be chosen again, as after it was corrected. */
export function openChooser(input: HTMLInputElement | null): void {
  if (!input) return;
  input.value = "";
  input.click();
}

/** What is in a chosen file; null when it has changed since or is gone, for browsers do not read it then. */
export async function readChosen(file: File): Promise<Blob | null> {
  try {
    return new Blob([await file.arrayBuffer()]);
  } catch {
    return null;
  }
}

export const changedWords = (file: File) =>
  `${file.name} has changed, or is gone, since it was chosen. Choose it again.`;
