import { expect, test } from "../fixtures";
import { pizza } from "../gateway/client";
import { openSelect } from "../pages/select";

test.describe(() => {
  test.use({ installation: "own" });

  test("a request shows who answered and what was tried, and ten show the spread", async ({
    page,
    publisher,
    gateway,
    backend,
  }) => {
    test.slow();
    const [one, two] = [await backend("one"), await backend("two")];
    const host = ({ url }: { url: string }) => new URL(url).host;
    const g = await gateway();
    const api = pizza([one, two], { routing: "loadBalanced" });
    const resources = [
      { method: "GET" as const, path: "/menu/{id}" },
      { method: "POST" as const, path: "/order" },
    ];
    const { id } = await g.deploy({ ...api, resources, security: { kind: "jwt" } });
    const { url } = await publisher();
    await page.goto(`${url}/apis/${id}`);
    await page.getByRole("link", { name: "Try Out" }).click();
    await expect(page.getByLabel("Path")).toHaveValue("/menu/{id}");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await expect(page.getByLabel("Path")).toHaveAccessibleDescription("Write a value in place of {id}.");
    await page.getByLabel("Path").fill("/menu/7?size=large");
    await page.getByLabel("Headers").fill("no onions");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await expect(page.getByLabel("Headers")).toHaveAccessibleDescription(
      "Line 1 is no header: write Name: value.",
    );
    await expect(page.getByLabel("Headers")).toBeFocused();
    await page.getByLabel("Headers").fill("X-Wish: no onions");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    const answer = page.getByRole("region", { name: "200 OK" });
    await expect(answer).toContainText(`${host(one)} answered`);
    await expect(answer).toBeInViewport();
    await expect(page.getByTestId("announcements")).toHaveText(`200 OK. ${host(one)} answered`);
    await expect(answer.getByRole("group", { name: "Body of the answer" })).toContainText('"backend": "one"');
    // Requests bring their own token; the line gets one on a click.
    const line = page.getByRole("group", { name: "curl command" });
    await expect(line).toContainText("Bearer <token>");
    await page.getByRole("button", { name: "Get a token" }).click();
    await expect(page.getByText(/The token in this line is valid until/)).toBeVisible();
    await expect(line).toContainText("Bearer ey");
    await expect(page.getByRole("group", { name: "curl command" })).toContainText("-H 'X-Wish: no onions'");
    expect(one.requests[0]).toMatchObject({ url: "/menu/7?size=large", headers: { "x-wish": "no onions" } });
    expect(Object.keys(one.requests[0]!.headers)).not.toContain("x-sluice-trace");
    await page.setViewportSize({ width: 420, height: 900 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(420);
    await page.setViewportSize({ width: 1280, height: 900 });

    const ten = page.getByRole("button", { name: "Send 10 requests" });
    await ten.focus();
    await page.keyboard.press("Enter");
    await expect(page.getByTestId("announcements")).toHaveText("10 of 10 requests were answered");
    // Whoever works by keyboard goes on from there.
    await expect(ten).toBeFocused();
    const spread = page.getByRole("region", { name: "10 of 10 requests were answered" });
    await expect(spread.getByRole("list", { name: "Answered by" })).toContainText(`${host(one)} 5`);

    await two.kill();
    await page.getByRole("button", { name: "Send", exact: true }).click();
    const attempts = page.getByRole("list", { name: "Attempts" }).getByRole("listitem");
    await expect(attempts).toHaveText([
      new RegExp(`${host(two)}: connection refused, [\\d.]+ ms`),
      new RegExp(`${host(one)}: answered 200, [\\d.]+ ms`),
    ]);

    // Another resource, with a body; and one that is not there, which the gateway answers itself.
    await openSelect(page.getByLabel("Resource"));
    await page.getByRole("option", { name: "POST /order" }).click();
    await page.getByRole("textbox", { name: "Body" }).fill('{"pizza": 7}');
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await expect.poll(() => one.requests.at(-1)).toMatchObject({ method: "POST", body: '{"pizza": 7}' });
    await expect(answer).toContainText(`${host(one)} answered`);
    await expect(answer).toBeInViewport();
    await page.getByLabel("Path").fill("/nowhere");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await expect(page.getByRole("region", { name: "404 Not Found" })).toContainText(
      "The gateway answered itself",
    );

    await g.stop();
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await expect(page.getByText("The gateway does not answer.")).toBeVisible();
  });
});

test("a session is kept on request and can be forgotten; without a deployment there is nothing to try", async ({
  page,
  publisher,
  gateway,
  backend,
  database,
}) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  const api = pizza([one, two], { routing: "loadBalanced", session: { kind: "transport" } });
  const draft = await database.save({ ...api, name: "Draft", context: "/draft" });
  const { id } = await g.deploy(api);
  const { url } = await publisher();
  await page.goto(`${url}/apis/${draft}/try-out`);
  await expect(page.getByText("This API is not deployed.")).toBeVisible();
  await page.goto(`${url}/apis/${id}/try-out`);
  await page.getByLabel("Keep the session").check();
  await page.getByRole("button", { name: "Send 10 requests" }).click();
  const list = page.getByRole("list", { name: "Answered by" });
  await expect(list).toHaveText(`${new URL(one.url).host} 10`);
  const colour = () => list.locator("i").evaluate((mark) => getComputedStyle(mark).backgroundColor);
  const first = await colour();
  await page.getByRole("button", { name: "Forget the session" }).click();
  await page.getByRole("button", { name: "Send 10 requests" }).click();
  await expect(list).toHaveText(`${new URL(two.url).host} 10`);
  // Each endpoint has the colour that it has on the other pages.
  expect(await colour()).not.toBe(first);
});
