/** What every browser can be told, whichever protocol it speaks. What is meant on a page is an XPath (./names.ts). */
export interface Driver {
  open(url: string): Promise<void>;
  /** The browser's own Back. */
  back(): Promise<void>;
  click(path: string): Promise<void>;
  /** Types at the end of what stands there, or in place of what is selected. */
  type(path: string, text: string): Promise<void>;
  press(path: string, key: Key): Promise<void>;
  /** Chooses a file in a field for files. */
  upload(path: string, file: string): Promise<void>;
  /** Runs a function in the page, which sees nothing but its arguments. */
  run<A extends unknown[], R>(script: (...args: A) => R, ...args: A): Promise<R>;
  /** A picture of what is seen, as PNG. */
  screenshot(): Promise<Buffer>;
  /** What the page has put on the console as an error, in browsers that tell. */
  errors(): string[];
  close(): Promise<void>;
}

export type Key = "Enter" | "selectAll" | "paste";

/** A browser that is running; each `Driver` of it has neither cookies nor pages of another. */
export interface Running {
  open(): Promise<Driver>;
  close(): Promise<void>;
}

/** Wide enough that nothing is folded away. */
export const size = { width: 1280, height: 900 };
