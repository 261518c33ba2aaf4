import { expect, test } from "../fixtures";
import { apiWith } from "../pages/apis";
import { testKey } from "../testkey";

test.use({ signedIn: false });

test("the publisher makes the signing key at its first start, and its users get test keys from then on", async ({
  publisher,
  gateway,
  backend,
  database,
}) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy({ ...apiWith([one.url], {}, "Orders"), security: { kind: "jwt" } });
  expect((await fetch(`${g.url}/orders/1.0.0/`)).status).toBe(401);
  // Two at once make one key.
  await Promise.all([publisher(), publisher()]);
  expect(await database.sql(`SELECT "id" FROM "SigningKey"`)).toHaveLength(1);
  const token = await testKey(g);
  const answer = await fetch(`${g.url}/orders/1.0.0/`, { headers: { Authorization: `Bearer ${token}` } });
  expect(answer.status).toBe(200);
});
