import { expect } from "@playwright/test";
import { isStill } from "../accessibility";
import { takenOver } from "../fixtures";
import type { Driver, Key } from "./driver";
import { option } from "./names";

/** Somebody in front of a browser: sees what is shown, waits for what moves, and then presses. */
export class Person {
  constructor(readonly driver: Driver) {}

  open(url: string): Promise<void> {
    return this.driver.open(url);
  }

  back(): Promise<void> {
    return this.driver.back();
  }

  click(path: string): Promise<void> {
    return this.act(path, (one) => this.driver.click(one));
  }

  press(path: string, key: Key): Promise<void> {
    return this.act(path, (one) => this.driver.press(one, key));
  }

  /** Types in place of what stands in a field. */
  async fill(path: string, text: string): Promise<void> {
    await this.act(path, async (one) => {
      await this.driver.press(one, "selectAll");
      await this.driver.type(one, text);
      expect(await this.driver.run(valueAt, one)).toBe(text);
    });
  }

  /**
   * Opens a list and chooses, both by Enter: for the list, openSelect of ../pages/select.ts says why; what lies in it
   * is elsewhere when a button of the mouse arrives that was aimed while it unfolded.
   */
  async choose(select: string, name: string): Promise<void> {
    await this.press(select, "Enter");
    await this.press(option(name), "Enter");
    await this.misses(option(name));
    await until(async () => expect(await this.driver.run(textAt, select), select).toBe(name));
  }

  upload(path: string, file: string): Promise<void> {
    return this.driver.upload(path, file);
  }

  /** Waits until it is shown. */
  async sees(path: string): Promise<void> {
    await until(async () => void (await this.shown(path)));
  }

  /** Waits until it is not shown. */
  async misses(path: string): Promise<void> {
    await until(async () => expect(await this.driver.run(shownAt, path), `${path} is still shown`).toBe(0));
  }

  async value(path: string): Promise<string> {
    await this.sees(path);
    return this.driver.run(valueAt, path);
  }

  /** Waits until the address is this. */
  async isAt(url: string | RegExp): Promise<void> {
    await until(async () => {
      const here = await this.driver.run(address);
      if (typeof url === "string") expect(here).toBe(url);
      else expect(here).toMatch(url);
    });
  }

  /** Once nothing moves and React has the page; anew when the page has put another element in its place. */
  private act(path: string, how: (one: string) => Promise<void>): Promise<void> {
    return until(async () => {
      const one = await this.shown(path);
      if (!(await this.driver.run(takenOver))) throw new Error("React has not taken the page over.");
      if (!(await this.driver.run(isStill))) throw new Error("The page is moving.");
      if (!(await this.driver.run(isOpenTo, one))) throw new Error(`${one} is covered.`);
      await how(one);
    });
  }

  /** The XPath of the first that is shown. */
  private async shown(path: string): Promise<string> {
    const place = await this.driver.run(shownAt, path);
    if (place === 0) throw new Error(`${path} is not shown on ${await this.driver.run(address)}.`);
    return `(${path})[${place}]`;
  }
}

/** Tries until it does not throw. A page that goes away while it is asked makes a driver throw. */
export async function until(attempt: () => Promise<void>): Promise<void> {
  await expect(attempt).toPass({ intervals: [20, 50, 100], timeout: 15_000 });
}

/** In the page: the place of the first that is shown among all that are meant; 0 for none. */
function shownAt(path: string): number {
  const found = document.evaluate(path, document, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE, null);
  for (let i = 0; i < found.snapshotLength; i++) {
    const one = found.snapshotItem(i) as Element;
    const { width, height } = one.getBoundingClientRect();
    // What is about to fade in is in another place than it will be, and does not move yet.
    const isVisible = one.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    if (width > 0 && height > 0 && isVisible && !one.closest("[aria-hidden=true],[inert]")) return i + 1;
  }
  return 0;
}

/** In the page: whether its middle is where a press would arrive. */
function isOpenTo(path: string): boolean {
  const found = document.evaluate(path, document, null, XPathResult.FIRST_ORDERED_NODE_TYPE, null);
  const one = found.singleNodeValue as Element | null;
  if (!one) return false;
  one.scrollIntoView({ block: "center" });
  const { x, y, width, height } = one.getBoundingClientRect();
  const hit = document.elementFromPoint(x + width / 2, y + height / 2);
  return Boolean(hit && (one.contains(hit) || hit.contains(one)));
}

/** In the page. */
function valueAt(path: string): string {
  const one = document.evaluate(path, document, null, XPathResult.FIRST_ORDERED_NODE_TYPE, null);
  return (one.singleNodeValue as HTMLInputElement).value;
}

/** In the page. */
function textAt(path: string): string | null {
  const one = document.evaluate(path, document, null, XPathResult.FIRST_ORDERED_NODE_TYPE, null);
  return one.singleNodeValue?.textContent ?? null;
}

/** In the page. */
function address(): string {
  return window.location.href;
}
