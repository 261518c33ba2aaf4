import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures";
import { pizza } from "../gateway/client";

const row = (page: Page, url: string) =>
  page
    .getByRole("list", { name: "Production endpoints" })
    .getByRole("listitem")
    .filter({ hasText: new URL(url).host });

test.describe(() => {
  test.use({ installation: "own" });

  test("the page tells what each endpoint does, and switches it", async ({
    page,
    publisher,
    gateway,
    backend,
    database,
  }) => {
    test.slow();
    const [one, two] = [await backend("one"), await backend("two")];
    const g = await gateway();
    const { id } = await g.deploy(pizza([one, two], { routing: "loadBalanced" }));
    const call = async () => (await fetch(`${g.url}/pizza/1.0.0/`)).json() as Promise<{ backend: string }>;
    for (let i = 0; i < 6; i++) await call();
    await fetch(`${g.url}/pizza/1.0.0/`, { method: "PROPFIND" });
    const { url } = await publisher();
    await page.goto(`${url}/apis/${id}`);
    await page.getByRole("link", { name: "Monitor" }).click();
    await expect(row(page, one.url)).toContainText("Up");
    await expect(row(page, one.url)).toContainText("3 attempts, 50 %");

    // The charts say the same in words and numbers.
    const answers = page.getByRole("figure", { name: "Requests in 30 s, by answer" });
    await expect(answers).toContainText("In the last hour: 2xx 6, Refused 1.");
    await answers.getByText("Numbers").click();
    await expect(answers.getByRole("table")).toContainText("2xx");
    await expect(page.getByRole("figure", { name: "Attempts in 30 s, by endpoint" })).toContainText(
      `${new URL(one.url).host} 3, ${new URL(two.url).host} 3`,
    );
    await page.getByRole("button", { name: "Sandbox" }).click();
    await expect(page.getByText("No requests since then.")).toBeVisible();
    await page.getByRole("button", { name: "Both" }).click();
    await expect(answers).toBeVisible();
    await page.setViewportSize({ width: 420, height: 900 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(420);
    await page.setViewportSize({ width: 1280, height: 900 });

    await two.kill();
    for (let i = 0; i < 2; i++) await call();
    await expect(row(page, two.url)).toContainText(/Suspended for \d+ s: connection refused/);
    await expect(row(page, two.url)).toContainText("Last error: connection refused");

    // One that is on but down is no help.
    await row(page, one.url).getByRole("button", { name: /^Off / }).click();
    const question = page.getByRole("dialog", { name: "Switch off the last endpoint that works?" });
    await expect(question).toContainText("The others of this list are on, but down");
    await question.getByRole("button", { name: "Cancel" }).click();
    await row(page, two.url).getByRole("button", { name: /^Off / }).click();
    await expect(row(page, two.url)).toContainText("Off by admin since");
    await expect(row(page, two.url)).toContainText("the revision says on");
    expect((await g.status()).apis[0]?.endpoints.map((e) => e.state)).toEqual(["up", "off"]);

    // The last one that takes traffic is asked for twice.
    await row(page, one.url)
      .getByRole("button", { name: /^Drain / })
      .click();
    await expect(page.getByRole("dialog")).toContainText("callers get 503");
    await page.getByRole("dialog").getByRole("button", { name: "Drain" }).click();
    await expect(row(page, one.url)).toContainText("Draining, 0 in flight");
    expect((await fetch(`${g.url}/pizza/1.0.0/`)).status).toBe(503);
    await row(page, one.url).getByRole("button", { name: /^On / }).click();
    await expect(row(page, one.url)).not.toContainText("by admin");
    expect((await call()).backend).toBe("one");
    const audit = await database.sql<{ text: string }>(
      "SELECT text FROM AuditEntry WHERE action = 'endpoint.switch'",
    );
    expect(audit.map(({ text }) => text.split(":")[0])).toEqual(["Switched off", "Draining", "Switched on"]);

    await g.stop();
    await expect(page.getByText("The gateway does not answer, so nothing is known")).toBeVisible();
    await expect(row(page, one.url)).toContainText("Not known: the gateway does not answer");
    await row(page, two.url).getByRole("button", { name: /^On / }).click();
    await expect(page.getByText("follows as soon as it answers")).toBeVisible();
  });
});

test("without a deployment there is nothing to watch, and viewers cannot switch", async ({
  page,
  publisher,
  database,
}) => {
  const id = await database.save(pizza([{ url: "http://orders:8080" }]));
  const { url, signInAs } = await publisher();
  await page.goto(`${url}/apis/${id}/monitor`);
  await expect(page.getByText("This API is not deployed.")).toBeVisible();
  await database.deploy(pizza([{ url: "http://orders:8080" }]));
  await signInAs("viewer");
  await page.reload();
  const off = row(page, "http://orders:8080").getByRole("button", { name: /^Off / });
  await expect(off).toHaveAttribute("aria-disabled", "true");
  await off.hover();
  await expect(page.getByRole("tooltip")).toContainText("Your role (viewer) may not");
});
