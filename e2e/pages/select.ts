import type { Locator } from "@playwright/test";

/**
 * Opens the menu of a select by its key. Material UI takes a button that is let go 200 ms after it was pressed for a
 * choice of what came to lie under it, and a busy machine holds it down that long.
 */
export const openSelect = (select: Locator) => select.press("Enter");
