import { expect, type Page } from "@playwright/test";

export interface NewApi {
  name: string;
  context: string;
  version: string;
  endpoint?: string;
}

export async function fillCreate(page: Page, api: Partial<NewApi>) {
  if (api.name !== undefined) await page.locator("#itest-id-apiname-input").fill(api.name);
  if (api.context !== undefined) await page.locator("#itest-id-apicontext-input").fill(api.context);
  if (api.version !== undefined) await page.locator("#itest-id-apiversion-input").fill(api.version);
  if (api.endpoint !== undefined) await page.locator("#itest-id-apiendpoint-input").fill(api.endpoint);
}

export const pressCreate = (page: Page) => page.locator("#itest-create-default-api-button").click();

/** Creates an API from the list, as a person does; returns its id. */
export async function createApi(page: Page, publisherUrl: string, api: NewApi): Promise<string> {
  await page.goto(`${publisherUrl}/apis`);
  await page.getByRole("link", { name: "Create API" }).click();
  await page.getByRole("link", { name: "Start from scratch" }).click();
  await fillCreate(page, api);
  await pressCreate(page);
  const landing = api.endpoint ? /\/apis\/(?!create)[^/]+$/ : /\/apis\/[^/]+\/endpoints$/;
  await expect(page).toHaveURL(landing);
  return new URL(page.url()).pathname.split("/")[2] ?? "";
}
