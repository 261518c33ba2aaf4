import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import type axeCore from "axe-core";
import { root } from "./processes";

/** WCAG 2.2 A and AA, and what axe's makers hold to be good practice. */
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/**
 * Fails with the accessibility rules that the page as it is now breaks, in both colour schemes; the page stays in the other
 * one. Each state of a page is looked at once, in e2e/ui/accessibility.spec.ts; a failure names the state.
 */
export async function axe(page: Page, state: string): Promise<void> {
  // Halfway through a dialog's fading in, no colour is what it will be.
  await settled(page);
  // Ours may not be asked for by the page itself: the policy of its contents forbids that, and not this.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axeSource());
  const message = `accessibility rules broken: ${state}`;
  expect(await broken(page, { type: "tag", values: TAGS }), message).toEqual([]);
  const dark = await page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches);
  const other = dark ? "light" : "dark";
  await page.emulateMedia({ colorScheme: other });
  await settled(page);
  // Nothing but the colours differs, and some are on their way for a moment.
  await expect
    .poll(() => broken(page, { type: "rule", values: ["color-contrast"] }), {
      message: `${message}, when ${other}`,
      timeout: 15_000,
      intervals: [50, 100],
    })
    .toEqual([]);
}

let source: string | undefined;
/** Half as long as the one that the package hands out: it is sent to each page. */
const axeSource = () => {
  source ??= readFileSync(join(root, "node_modules/axe-core/axe.min.js"), "utf8");
  return source;
};

/** Waits until nothing on the page is on its way to another place or colour. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(isStill);
}

/** In the page: whether no transition or animation that will end is on its way. */
export function isStill(): boolean {
  const moving = document.getAnimations().filter(({ playState }) => playState === "running");
  return moving.every(({ effect }) => effect?.getComputedTiming().endTime === Number.POSITIVE_INFINITY);
}

function broken(page: Page, runOnly: { type: "tag" | "rule"; values: string[] }): Promise<string[]> {
  return page.evaluate(async (only) => {
    const { axe } = window as unknown as { axe: typeof axeCore };
    const { violations } = await axe.run(document, {
      runOnly: only,
      resultTypes: ["violations"],
      preload: false,
    });
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map((node) => `${id}: ${help}: ${node.target.join(" ")}`),
    );
  }, runOnly);
}
