import type { Locator } from "@playwright/test";
import { expect, test } from "../fixtures";
import { apiWith } from "../pages/apis";

/** What is told by colour alone is told where the system chooses the colours, too. */

const style = (locator: Locator, name: string) =>
  locator.evaluate((element, property) => getComputedStyle(element).getPropertyValue(property), name);

test("where the system chooses the colours, bars show their shares, the current page is marked, and what is wrong", async ({
  page,
  publisher,
  database,
}) => {
  const hosts = ["http://orders-a:8080", "http://orders-b:8080"];
  const id = await database.save(apiWith(hosts, { routing: "loadBalanced" }));
  const { url } = await publisher();
  await page.emulateMedia({ forcedColors: "active" });
  await page.goto(`${url}/apis/${id}/endpoints`);
  const legend = page.getByRole("list", { name: "Planned" }).first();
  const [first, second] = [0, 1].map((i) => legend.getByRole("listitem").nth(i).locator("i"));
  const colours = [await style(first!, "background-color"), await style(second!, "background-color")];
  expect(colours[0]).not.toBe(colours[1]);
  const current = page.getByRole("navigation", { name: "API" }).getByRole("link", { name: "Endpoints" });
  expect(await style(current, "outline-style")).toBe("solid");
  const other = page.getByRole("navigation", { name: "API" }).getByRole("link", { name: "Runtime" });
  expect(await style(other, "outline-style")).toBe("none");
  await expect(page.getByRole("link", { name: "APIs" })).toHaveCSS("outline-style", "solid");
  await expect(page.getByRole("button", { name: "Save & Deploy" })).toHaveCSS("border-style", "solid");
  const field = page.locator("#production_endpoints");
  const outline = field.locator("xpath=../fieldset");
  await expect(outline).toHaveCSS("border-style", "solid");
  await field.fill("no address");
  await field.blur();
  await expect(field).toHaveAttribute("aria-invalid", "true");
  await expect(outline).toHaveCSS("border-style", "dashed");

  await page.goto(`${url}/apis/${id}/runtime`);
  const track = (name: string) =>
    page.getByRole("switch", { name }).locator("xpath=../following-sibling::span");
  const [on, off] = [track("HTTPS"), track("Default version")];
  await expect(on).toHaveCSS("border-style", "solid");
  expect(await style(on, "background-color")).not.toBe(await style(off, "background-color"));

  await page.goto(`${url}/apis/create/openapi`);
  const ways = page.getByRole("group", { name: "Where the definition comes from" });
  await expect(ways.getByRole("button", { pressed: true })).toHaveCSS("outline-style", "solid");
  await expect(ways.getByRole("button", { name: "Text" })).toHaveCSS("outline-style", "none");
});
