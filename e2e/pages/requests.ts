import type { Page, Request } from "@playwright/test";

/** Holds back what the page asks for, as a slow line does; what is returned lets it through. */
export async function held(
  page: Page,
  url: string | RegExp,
  which: (request: Request) => boolean = () => true,
): Promise<() => void> {
  let release = () => {};
  const gate = new Promise<void>((open) => {
    release = open;
  });
  await page.route(url, async (route) => {
    if (which(route.request())) await gate;
    await route.continue();
  });
  return release;
}
