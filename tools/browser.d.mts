/** The path of a Chromium for this machine, installed where it has none. Ends the process when it cannot be had. */
export function browserOrExit(): Promise<string>;

/** Why a browser cannot be used, in a sentence. */
interface Missing {
  missing: string;
}

/** Firefox on this machine: its path, or why it cannot be used. */
export function findFirefox(): { path: string } | Missing;

/** WebKit on this machine: what drives it, a browser around it and a display for that; or why it cannot be used. */
export function findWebkit(): { driver: string; browser: string; display: string } | Missing;

/** Installs what is not there of Firefox and WebKit, where it can. */
export function installOthers(): void;
