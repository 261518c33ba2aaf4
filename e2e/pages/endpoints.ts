import { expect, type Page } from "@playwright/test";
import { openSelect } from "./select";

type EndpointType = "none" | "failover" | "load_balance";

export async function openEndpoints(page: Page, publisherUrl: string, id: string) {
  await page.goto(`${publisherUrl}/apis/${id}/endpoints`);
  await expect(page.locator("#itest-api-details-endpoints-head")).toBeVisible();
}

export async function expandRouting(page: Page) {
  const head = page.locator("#panel1bh-header");
  if ((await head.getAttribute("aria-expanded")) !== "true") await head.click();
}

export async function chooseType(page: Page, type: EndpointType) {
  await expandRouting(page);
  await openSelect(page.locator("#certificateEndpoint"));
  await page.locator(`#config-type-${type}`).click();
  await expect(page.getByRole("listbox")).toBeHidden();
}

export async function addEndpoint(page: Page, url: string, field = "production_endpoints-load_balance") {
  await page.locator(`#${field}`).fill(url);
  await page.locator(`#${field}-add-btn`).click();
}

/** The rows of the production list, each found by its place. */
export const rows = (page: Page) =>
  page.getByRole("list", { name: "Production Endpoints" }).getByRole("listitem");

export const urls = (page: Page) =>
  rows(page)
    .getByLabel(/^URL of endpoint/)
    .evaluateAll((fields) => fields.map((field) => (field as HTMLInputElement).value));

export const save = (page: Page) => page.locator("#endpoint-save-btn").click();
export const saveAndDeploy = (page: Page) => page.getByRole("button", { name: "Save & Deploy" }).click();
export const bar = (page: Page) => page.getByRole("group", { name: "Save changes" });

export const expectClean = (page: Page) => expect(bar(page).getByText("No unsaved changes")).toBeVisible();
export const expectChanges = (page: Page, count: number) =>
  expect(
    bar(page).getByRole("button", { name: `${count} unsaved change${count === 1 ? "" : "s"}` }),
  ).toBeVisible();

export const expectSaved = async (page: Page) => {
  await expect(bar(page).getByRole("status").getByText("Saved.")).toBeVisible();
  await expectClean(page);
};
export const expectLive = (page: Page, revision: number) =>
  expect(bar(page).getByRole("status").getByText(`Live: r${revision}`)).toBeVisible();

export const cogwheel = (page: Page) => page.getByRole("button", { name: "Load balance configurations" });
export const cogwheelDialog = (page: Page) =>
  page.getByRole("dialog", { name: "Load Balance Configurations" });

export async function chooseInDialog(page: Page, fieldId: string, option: string) {
  await openSelect(page.locator(`#${fieldId}`));
  await page.getByRole("option", { name: option, exact: true }).click();
}
