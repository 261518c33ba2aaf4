import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures";
import { apiWith } from "../pages/apis";

/** Whose browser is set to text of twice the size: what is around a text is as large as that is. */

// Set for the whole browser, which is this test's own. As an option of the project's browser it would need a worker,
// and an installation, of its own.
test("text of twice the size breaks no word, and nothing lies over anything", async ({
  playwright,
  publisher,
  database,
}, testInfo) => {
  const { launchOptions } = testInfo.project.use;
  const args = [...(launchOptions?.args ?? []), "--blink-settings=defaultFontSize=32"];
  const browser = await playwright.chromium.launch({ ...launchOptions, args });
  const page = await browser.newPage();
  const resources = [{ method: "GET" as const, path: "/menu/{id}" }];
  const hosts = ["http://orders-a:8080", "http://orders-b:8080"];
  const { id } = await database.deploy({
    ...apiWith(hosts, { routing: "loadBalanced" }),
    resources,
    security: { kind: "jwt" },
  });
  const { url, signIn } = await publisher();
  const [name = "", value = ""] = (await signIn()).cookie.split(/=(.*)/s);
  await page.context().addCookies([{ name, value, url }]);
  const pages = ["", "/endpoints", "/resources", "/runtime", "/deployments", "/try-out", "/monitor"];
  const found: string[] = [];
  for (const path of [
    "/apis",
    "/apis/create",
    "/settings/users",
    ...pages.map((one) => `/apis/${id}${one}`),
  ]) {
    await page.goto(url + path);
    await expect(page.getByRole("heading").first()).toBeVisible();
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).fontSize)).toBe("32px");
    found.push(...(await faults(page)).map((fault) => `${path}: ${fault}`));
  }
  await page.goto(`${url}/apis/${id}/definition`);
  await expect(page.getByRole("textbox", { name: "API definition" })).toHaveCSS("font-size", "26px");
  await browser.close();
  expect(found).toEqual([]);
});

/** What cannot be read as it should, in words. */
const faults = (page: Page) =>
  page.evaluate(() => {
    const found: string[] = [];
    const range = document.createRange();
    const texts: { words: string; element: Element; box: DOMRect }[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode as Text;
      const element = node.parentElement!;
      if (!element.checkVisibility({ visibilityProperty: true }) || element.closest("script,style,legend"))
        continue;
      for (const { 0: word, index } of node.data.matchAll(/\S+/g)) {
        range.setStart(node, index);
        range.setEnd(node, index + word.length);
        const [box, ...more] = range.getClientRects();
        if (!box || box.width < 2) continue;
        // Addresses and the like may.
        if (more.length > 0 && /^[A-Za-z]+$/.test(word)) found.push(`"${word}" is broken`);
        texts.push({ words: word, element, box });
      }
    }
    // As high as it is inside of the line.
    const inner = ({ top, bottom, left, right }: DOMRect, by: number) => ({
      top: top + (bottom - top) * by,
      bottom: bottom - (bottom - top) * by,
      left: left + 1,
      right: right - 1,
    });
    const overlaps = (a: ReturnType<typeof inner>, b: ReturnType<typeof inner>) =>
      a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    const isFixed = (element: Element) => element.closest('[aria-label="Save changes"]') !== null;
    for (const field of document.querySelectorAll(
      "input:not([type=checkbox],[type=radio]), textarea, [role=combobox]",
    )) {
      if (!field.checkVisibility() || isFixed(field) || field.closest("[aria-hidden=true]")) continue;
      // A label may stand where nothing is.
      if ((field as HTMLInputElement).value === "") continue;
      const style = getComputedStyle(field);
      const box = field.getBoundingClientRect();
      // Where what is typed stands.
      const line = new DOMRect(
        box.x,
        box.y + Number.parseFloat(style.paddingTop),
        box.width,
        Number.parseFloat(style.lineHeight) || Number.parseFloat(style.fontSize) * 1.4,
      );
      for (const { words, element, box } of texts)
        if (!field.contains(element) && !isFixed(element) && overlaps(inner(box, 0.1), inner(line, 0.1)))
          found.push(`"${words}" lies over a field`);
    }
    for (const [i, a] of texts.entries())
      for (const b of texts.slice(i + 1))
        if (a.element !== b.element && isFixed(a.element) === isFixed(b.element))
          if (overlaps(inner(a.box, 0.25), inner(b.box, 0.25)))
            found.push(`"${a.words}" lies over "${b.words}"`);
    if (document.documentElement.scrollWidth > window.innerWidth) found.push("It scrolls sideways");
    return found;
  });
