/** The path of a Chromium for this machine, installed where it has none. Ends the process when it cannot be had. */
export function browserOrExit(): Promise<string>;
