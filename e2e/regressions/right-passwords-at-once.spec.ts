import { type Database, expect, test } from "../fixtures";
import { type Answer, send } from "../http";

/** Each way in for machines: a request with a name and a password. */
const doors: Record<string, (url: string, username: string, password: string) => Promise<Answer>> = {
  "a session": (url, username, password) =>
    send(`${url}/session`, { method: "POST", body: JSON.stringify({ username, password }) }),
  "the adapter's token": (url, username, password) =>
    send(`${url}/api/mgw/adapter/0.1/oauth2/token`, {
      method: "POST",
      body: JSON.stringify({ username, password }),
    }),
  "HTTP Basic": (url, username, password) =>
    send(`${url}/api/v1/apis`, {
      headers: { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` },
    }),
};
const password = "open sesame, please";

test.use({ installation: "own" });

test("12 sign-ins at once with the right password were told of too many failed ones", async ({
  publisher,
  database,
}) => {
  const { url } = await publisher();
  for (const [door, knock] of Object.entries(doors)) {
    const username = await user(database, door);
    const answers = await Promise.all(Array.from({ length: 12 }, () => knock(url, username, password)));
    expect(
      answers.map(({ status }) => status),
      door,
    ).toEqual(Array(12).fill(200));
  }
  // The form of the page.
  const username = await user(database, "form");
  const forms = Array.from({ length: 12 }, async () => {
    const { text } = await send(`${url}/session/browser`, {
      method: "POST",
      body: JSON.stringify({ username, password }),
    });
    return JSON.parse(text);
  });
  expect(await Promise.all(forms)).toEqual(Array(12).fill({ ok: true }));
  const { clientId, secret } = (await database.application("Shop")).production;
  const form = new URLSearchParams({ grant_type: "client_credentials" }).toString();
  const ask = (word: string) =>
    send(`${url}/oauth2/token`, {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        authorization: `Basic ${Buffer.from(`${clientId}:${word}`).toString("base64")}`,
      },
      body: form,
    });
  const tokens = await Promise.all(Array.from({ length: 40 }, () => ask(secret)));
  expect(tokens.map(({ status }) => status)).toEqual(Array(40).fill(200));
  // Wrong ones at once are told off as they were.
  const wrong = (await Promise.all(Array.from({ length: 34 }, () => ask("wrong")))).map(
    ({ status }) => status,
  );
  expect(wrong.sort()).toEqual([...Array(30).fill(401), ...Array(4).fill(429)]);
  expect((await ask(secret)).status).toBe(200);
});

test("wrong passwords at once get no further than one by one, at every door", async ({
  publisher,
  database,
}) => {
  const { url } = await publisher();
  for (const [door, knock] of Object.entries(doors)) {
    const username = await user(database, door);
    const answers = await Promise.all(Array.from({ length: 12 }, () => knock(url, username, "guessed")));
    expect(answers.map(({ status }) => status).sort(), door).toEqual([
      ...Array(8).fill(401),
      ...Array(4).fill(429),
    ]);
    const refused = await knock(url, username, password);
    expect(refused.status, door).toBe(429);
    expect(refused.text).toContain("Too many failed attempts. Try again in 5 minutes.");
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(200);
  }
});

test("right passwords pass between wrong ones that are too few to end it", async ({
  publisher,
  database,
}) => {
  const { url } = await publisher();
  const username = await user(database, "between");
  const answers = await Promise.all(
    Array.from({ length: 24 }, (_, i) =>
      doors["a session"]!(url, username, i % 4 === 0 ? "guessed" : password),
    ),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([...Array(18).fill(200), ...Array(6).fill(401)]);
});

async function user(database: Database, about: string): Promise<string> {
  const username = about.toLowerCase().replace(/[^a-z]+/g, "-");
  await database.user(username, password, "viewer");
  return username;
}
