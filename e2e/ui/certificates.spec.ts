import { X509Certificate } from "node:crypto";
import { expect, settled, test } from "../fixtures";
import { authority, certificate, expired } from "../gateway/certificate";

test.describe("certificates of backends", () => {
  test.beforeEach(async ({ page, publisher, database }) => {
    const { url } = await publisher();
    const id = await database.save({
      name: "Trusting",
      context: "/trusting",
      version: "1.0.0",
      endpoints: {
        production: {
          enabled: true,
          endpoints: [{ id: "ep_one", url: "https://a.example:8443/orders" }],
        },
        sandbox: { enabled: true, endpoints: [{ id: "ep_two", url: "http://b.example" }] },
      },
    });
    await page.goto(`${url}/apis/${id}/endpoints`);
    await page.getByRole("button", { name: "General Endpoint Configurations" }).click();
    await expect(page.getByText("Certificates: 0")).toBeVisible();
    // Once it is open, the panel is scrolled into view.
    await settled(page);
  });

  test("one is added by file or by pasting, shown with its end, and removed", async ({ page, database }) => {
    const dialog = page.getByRole("dialog", { name: "Add Certificate" });
    await page.locator("#certs-add-btn").click();
    await expect(page.locator("#certs-endpoint")).toHaveText("https://a.example:8443");
    await page.locator("#certs-alias").fill("orders");
    await page.locator("#certs-text").fill("nonsense");
    await page.locator("#certs-submit-btn").click();
    await expect(dialog.getByText("This is not a certificate in PEM or DER form.")).toBeVisible();
    await page.locator("#certs-text").fill(certificate.key);
    await page.locator("#certs-submit-btn").click();
    await expect(dialog.getByText(/private key/)).toBeVisible();
    await page.locator("#certs-text").fill(expired.cert);
    await page.locator("#certs-submit-btn").click();
    await expect(dialog).toBeHidden();
    const row = page.getByRole("listitem", { name: "orders" });
    await expect(row).toContainText("CN=localhost · for https://a.example:8443");
    await expect(row).toContainText("Expired on 2020-01-11");

    await page.locator("#certs-add-btn").click();
    const der = new X509Certificate(authority.cert).raw;
    const file = { name: "test-authority.der", mimeType: "application/octet-stream", buffer: der };
    await page.getByLabel("Certificate file (PEM or DER)").setInputFiles(file);
    await expect(page.locator("#certs-alias")).toHaveValue("test-authority");
    await page.locator("#certs-submit-btn").click();
    await expect(page.getByText("Certificates: 2")).toBeVisible();
    await expect(page.getByRole("listitem", { name: "test-authority" })).toContainText("Valid until 2126");
    const [stored] = await database.sql<{ pem: string }>(
      "SELECT pem FROM BackendCertificate WHERE alias = 'test-authority'",
    );
    expect(stored!.pem.replace(/\s/g, "")).toBe(authority.cert.replace(/\s/g, ""));

    await page.getByRole("button", { name: "Remove certificate orders" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await expect(page.getByText("Certificates: 1")).toBeVisible();
    const kinds = await database.sql<{ kind: string }>("SELECT kind FROM Change WHERE kind = 'certificate'");
    expect(kinds).toHaveLength(3);
    await expect(page.getByText("No unsaved changes")).toBeVisible();
  });

  test("those for servers that no saved endpoint leads to are listed too", async ({ page, database }) => {
    await database.trust({
      origin: "https://gone.example",
      alias: "left-over",
      certificate: certificate.cert,
    });
    await page.reload();
    await page.getByRole("button", { name: "General Endpoint Configurations" }).click();
    await page.getByText("For servers that this API does not use: 1").click();
    const others = page.getByRole("list", { name: "Certificates for other servers" });
    await expect(others).toContainText("left-over");

    // What is typed counts, saved or not.
    await page.locator("#production_endpoints").fill("https://gone.example/v2");
    await expect(page.getByText("Certificates: 1")).toBeVisible();
    await expect(others).toBeHidden();
    await page.locator("#certs-add-btn").click();
    await page.locator("#certs-alias").fill("second");
    await page.locator("#certs-text").fill(authority.cert);
    await page.locator("#certs-submit-btn").click();
    await expect(page.getByRole("listitem", { name: "second" })).toContainText("for https://gone.example");
    await page.getByRole("button", { name: "Undo", exact: true }).click();
    await page.getByText("For servers that this API does not use: 2").click();
    await page.getByRole("button", { name: "Remove certificate left-over" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await expect(page.getByText("For servers that this API does not use: 1")).toBeVisible();
  });

  test("an alias that is taken is said beside its field", async ({ page, database }) => {
    await database.trust({ origin: "https://c.example", alias: "orders", certificate: certificate.cert });
    await page.locator("#certs-add-btn").click();
    await page.locator("#certs-alias").fill("orders");
    await page.locator("#certs-text").fill(certificate.cert);
    await page.locator("#certs-submit-btn").click();
    await expect(page.locator("#certs-alias")).toBeFocused();
    await expect(page.locator("#certs-alias")).toHaveAccessibleDescription(/already a certificate/);
  });
});
