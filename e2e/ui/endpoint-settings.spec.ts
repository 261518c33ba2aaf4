import { expect, test } from "../fixtures";
import { expectChanges } from "../pages/endpoints";
import { openSelect } from "../pages/select";

/** What the dialogs and panels set must reach the stored draft, and only that. */
test.describe("settings of endpoints", () => {
  test.beforeEach(async ({ page, publisher, database }) => {
    const { url } = await publisher();
    const id = await database.save({
      name: "Settings",
      context: "/settings",
      version: "1.0.0",
      endpoints: {
        production: {
          enabled: true,
          routing: "loadBalanced",
          endpoints: [
            { id: "ep_a", url: "http://a.example:8080" },
            { id: "ep_b", url: "http://b.example:8080" },
          ].map((e) => ({ ...e, id: `${e.id}_long` })),
        },
      },
    });
    await page.goto(`${url}/apis/${id}/endpoints`);
    await expect(page.getByRole("heading", { name: "Endpoints", exact: true })).toBeVisible();
  });

  const draft = async (database: { sql<Row>(text: string): Promise<Row[]> }) => {
    const [row] = await database.sql<{ draft: string }>("SELECT draft FROM Api");
    return JSON.parse(row!.draft);
  };

  test("Advanced Configurations are saved for that endpoint alone", async ({ page, database }) => {
    await page.getByRole("button", { name: "Endpoint configurations http://b.example:8080" }).click();
    const dialog = page.getByRole("dialog", { name: "Advanced Configurations" });
    await expect(dialog).toBeVisible();
    await page.locator("#initial-duration-input").fill("1000");
    await page.locator("#max-duration-input").fill("500");
    await expect(
      dialog.getByText("Max Duration must be at least the Initial Duration (1000 ms)."),
    ).toBeVisible();
    await page.locator("#endpoint-configuration-submit-btn").click();
    await expect(page.locator("#max-duration-input")).toBeFocused();
    await page.locator("#max-duration-input").fill("10000");
    await page.locator("#factor-input").fill("1.5");
    await page.locator("#retries-input").fill("3");
    await page.locator("#retry-delay-input").fill("500");
    await page.locator("#duration-input").fill("2000");
    await openSelect(page.locator("#err-code-select"));
    await page.getByRole("option", { name: /Connection timed out/ }).click();
    await page.keyboard.press("Escape");
    await page.locator("#endpoint-configuration-submit-btn").click();
    await expect(dialog).toBeHidden();
    await page.locator("#endpoint-save-btn").click();
    await expect(page.getByText("No unsaved changes")).toBeVisible();
    const [a, b] = (await draft(database)).endpoints.production.endpoints;
    expect(b.settings).toMatchObject({
      suspension: { errorCodes: ["101508"], initialMs: 1000, maxMs: 10_000, factor: 1.5 },
      timeout: { retriesBeforeSuspension: 3, retryDelayMs: 500 },
      responseTimeoutMs: 2000,
      action: null,
    });
    expect(a.settings.suspension).toEqual({ errorCodes: [], initialMs: null, maxMs: null, factor: null });
  });

  test("Advanced Configurations opened and saved without a change change nothing", async ({ page }) => {
    await page.getByRole("button", { name: "Endpoint configurations http://b.example:8080" }).click();
    await page.locator("#endpoint-configuration-submit-btn").click();
    await expect(page.getByText("No unsaved changes")).toBeVisible();
  });

  test("backup, drain, off and duplicate are edits like any other", async ({ page, database }) => {
    await page.getByRole("switch", { name: "Backup http://b.example:8080" }).click();
    await expect(page.getByText("1 unsaved change", { exact: true })).toBeVisible();
    await page.getByRole("button", { name: "More for http://a.example:8080" }).click();
    await page.getByRole("menuitem", { name: /^Drain/ }).click();
    await expect(page.getByText("To be drained with the next deployment")).toBeVisible();
    await page.getByRole("button", { name: "More for http://b.example:8080" }).click();
    await page.getByRole("menuitem", { name: "Duplicate" }).click();
    await page.locator("#endpoint-save-btn").click();
    await expect(page.getByText("No unsaved changes")).toBeVisible();
    const { endpoints } = (await draft(database)).endpoints.production;
    expect(endpoints.map((e: { state: string; backup: boolean }) => [e.state, e.backup])).toEqual([
      ["draining", false],
      ["on", true],
      ["on", true],
    ]);
    expect(new Set(endpoints.map((e: { id: string }) => e.id)).size).toBe(3);
  });

  test("every algorithm and session kind can be chosen, with its own fields", async ({ page, database }) => {
    await page.getByRole("button", { name: "Load balance configurations" }).click();
    await openSelect(page.locator("#algorithmSelect"));
    await expect(page.getByRole("option")).toHaveText([
      "Round Robin",
      "Weighted Round Robin",
      "Least Connections",
      "Fastest Response",
      "Random",
      "Hash",
      "Other",
    ]);
    await page.getByRole("option", { name: "Other" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
    await expect(page.locator("#customAlgoInput")).toHaveAccessibleDescription(
      "Enter the class name of the algorithm.",
    );
    await page.locator("#customAlgoInput").fill("org.apache.synapse.endpoints.algorithms.WeightedRoundRobin");
    await expect(page.getByText("This is the built-in Weighted Round Robin.")).toBeVisible();
    await openSelect(page.locator("#algorithmSelect"));
    await page.getByRole("option", { name: "Hash" }).click();
    await openSelect(page.locator("#hashSource"));
    await page.getByRole("option", { name: "A header" }).click();
    await page.locator("#hashHeader").fill("X-Tenant");
    await openSelect(page.locator("#sessionMgtSelect"));
    await page.getByRole("option", { name: "Client ID" }).click();
    await page.locator("#sessionHeader").fill("X-Client");
    await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
    await page.locator("#endpoint-save-btn").click();
    await expect(page.getByText("No unsaved changes")).toBeVisible();
    const { algorithm, session } = (await draft(database)).endpoints.production;
    expect(algorithm).toMatchObject({
      name: "hash",
      className: "org.apache.synapse.endpoints.algorithms.WeightedRoundRobin",
      settings: { hash: { source: "header", header: "X-Tenant" } },
    });
    expect(session).toEqual({ kind: "clientId", timeoutMs: 600_000, header: "X-Client" });
  });

  test("General Endpoint Configurations are checked and saved", async ({ page, database }) => {
    await page.getByRole("button", { name: "General Endpoint Configurations" }).click();
    await page.getByRole("switch", { name: "Check actively" }).click();
    await expect(page.getByLabel("Expected statuses")).toBeVisible();
    await page.getByLabel("Connect timeout (ms)").fill("0");
    await page.locator("#endpoint-save-btn").click();
    await expect(page.getByLabel("Connect timeout (ms)")).toBeFocused();
    await expect(page.getByLabel("Connect timeout (ms)")).toHaveAccessibleDescription(
      "Enter a whole number of milliseconds from 1 to 3600000.",
    );
    // At once, as when it is pasted: it is a change, and it is wrong.
    await page.getByLabel("Connect timeout (ms)").fill("3000");
    await expectChanges(page, 1);
    await page.getByLabel("Largest request body (bytes)").fill("10MB");
    await expect(page.getByLabel("Largest request body (bytes)")).toHaveAccessibleDescription(
      "Enter a whole number of bytes, or nothing for no limit.",
    );
    await expectChanges(page, 2);
    await page.getByLabel("Largest request body (bytes)").fill("");
    await page.getByLabel("Connect timeout (ms)").fill("1500");
    await page.getByLabel("Path").fill("/healthz");
    await page.getByLabel("Interval (ms)").fill("2000");
    await page.getByLabel("Slow start (ms)").fill("30000");
    await page.getByLabel("Most attempts for a request").fill("2");
    // Settings that do nothing together say so.
    const tries = page.getByLabel("Further tries on a status");
    const statuses = page.getByLabel("Statuses to try again on");
    await tries.fill("1");
    await expect(tries).toHaveAccessibleDescription("Not in use yet: name the statuses beside it.");
    await tries.fill("0");
    await statuses.fill("502, 503");
    await expect(statuses).toHaveAccessibleDescription("Not in use while the further tries are 0.");
    await tries.fill("1");
    await expect(statuses).toHaveAccessibleDescription("For example 502, 503");
    await statuses.fill("some, others, 1");
    const wrong =
      "Cannot be saved, production Statuses to try again on: Write statuses from 100 to 599, such as 502, 503.";
    await expect(page.getByText(wrong, { exact: true })).toBeVisible();
    await tries.fill("many");
    await expect(page.getByText(/^Cannot be saved, production .* And 1 more\.$/)).toBeVisible();
    await tries.fill("1");
    await statuses.fill("502, 503");
    const deadline = page.getByLabel("Deadline (ms)");
    await deadline.fill("20000");
    await expect(page.getByLabel("Response timeout (ms)")).toHaveAccessibleDescription(
      "30 seconds: never reached, because the deadline comes before",
    );
    await deadline.fill("60000");
    await page.getByLabel("Most requests under way").fill("100");
    await page.getByLabel("Largest request body (bytes)").fill("1000000");
    await page.locator("#endpoint-save-btn").click();
    await expect(page.getByText("No unsaved changes")).toBeVisible();
    const saved = await draft(database);
    expect(saved.limits).toMatchObject({ connectTimeoutMs: 1500, maxAttempts: 2, maxBodyBytes: 1_000_000 });
    expect(saved.endpoints.production).toMatchObject({
      healthCheck: { enabled: true, path: "/healthz", intervalMs: 2000 },
      slowStartMs: 30_000,
      retryOnStatus: { count: 1, statusCodes: [502, 503] },
      circuitBreakers: { maxRequests: 100, maxConnections: null },
    });
  });
});
