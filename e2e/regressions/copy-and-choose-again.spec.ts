import { appendFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, outputFolder, test } from "../fixtures";
import { apiWith } from "../pages/apis";

test("on plain http with a host name copy buttons did nothing that could be seen", async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  const { id } = await database.deploy(apiWith(["http://orders-a:8080"]));
  // What a browser gives a page of such an origin.
  await page.addInitScript(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
  await page.goto(`${url}/apis/${id}`);
  const copies = page.getByRole("button", { name: /^Copy / });
  await expect(copies.first()).toBeVisible();
  for (const copy of await copies.all()) {
    const label = (await copy.getAttribute("aria-label"))!.replace("Copy ", "");
    const text = await page.getByRole("group", { name: label, exact: true }).first().textContent();
    await copy.click();
    await expect(page.getByTestId("announcements")).toHaveText("Copied.");
    const search = page.getByRole("combobox", { name: /Search|Find/ }).or(page.getByRole("searchbox"));
    await search.first().focus();
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.press("ControlOrMeta+v");
    await expect(search.first()).toHaveValue(text ?? "");
    await search.first().fill("");
  }

  await page.evaluate(() => {
    document.execCommand = () => false;
  });
  await copies.first().click();
  await expect(
    page.getByText("The browser did not allow copying. The text is selected").last(),
  ).toBeVisible();
  expect(await page.evaluate(() => String(document.getSelection()))).not.toBe("");
});

test("a file that was refused and corrected was told as a Sluice that does not answer", async ({
  page,
  publisher,
}) => {
  const { url } = await publisher();
  const file = join(outputFolder(), "orders.json");
  writeFileSync(file, "{ this is none");
  await page.goto(`${url}/apis/create/openapi`);
  const choose = async () => {
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Choose a file" }).click();
    await (await chooser).setFiles(file);
  };
  const next = page.getByRole("button", { name: "Continue" });
  await choose();
  await next.click();
  await expect(page.getByText("This cannot be imported")).toBeVisible();

  const paths = { "/list": { get: { responses: {} } } };
  const info = { title: "Orders", version: "1.0.0" };
  rmSync(file);
  writeFileSync(file, JSON.stringify({ openapi: "3.0.3", info, paths }));
  appendFileSync(file, "\n");
  await next.click();
  await expect(
    page.getByText("orders.json has changed, or is gone, since it was chosen. Choose it again."),
  ).toBeVisible();
  await choose();
  await next.click();
  await expect(page.getByRole("heading", { name: "Import an OpenAPI definition" })).toBeVisible();
  await expect(page.getByText("What was understood").first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Back" })).toBeVisible();
});

test("a file that is dropped beside the zone was opened in the page's place", async ({ page, publisher }) => {
  const { url } = await publisher();
  await page.goto(`${url}/apis/create/openapi`);
  const taken = await page.evaluate(() => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(["{}"], "orders.json"));
    const drop = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
    document.body.dispatchEvent(drop);
    return drop.defaultPrevented;
  });
  expect(taken).toBe(true);
});
