import { BOTH, expect, test } from "../fixtures";
import { importApi } from "../writers";

/** Of what two publishers wrote to one database at once, 17 % was refused: it had looked before it wrote. */

test.use({ installation: "own", signedIn: false });

const WRITERS = 10;
const ROUNDS = 10;

test("two publishers that write to one database at once wait for each other", { tag: BOTH }, async ({
  publisher,
  database,
}) => {
  const publishers = [await publisher(), await publisher()];
  const refused: string[] = [];
  const write = async (at: number, writer: number) => {
    const { url, token } = sessions[at]!;
    for (let round = 1; round <= ROUNDS; round++) {
      const name = `Api${at}x${writer}`;
      const { status, text } = await importApi(url, token, { name, note: `round ${round}` });
      if (status !== (round === 1 ? 201 : 200)) refused.push(`${name} ${round}: ${status} ${text}`);
    }
  };
  const sessions = await Promise.all(
    publishers.map(async (p) => ({ url: p.url, token: (await p.signIn()).token })),
  );
  const writers = publishers.flatMap((_, at) => Array.from({ length: WRITERS }, (_, n) => write(at, n)));
  await Promise.all(writers);
  expect(refused).toEqual([]);
  const saved = await database.sql(
    `SELECT CAST(COUNT(*) AS TEXT) AS apis FROM "Api" WHERE "draft" LIKE '%"round ${ROUNDS}"%'`,
  );
  expect(saved).toEqual([{ apis: String(2 * WRITERS) }]);
  // What each of them wrote down of it, too.
  const audited = await database.sql(
    `SELECT CAST(COUNT(*) AS TEXT) AS lines FROM "AuditEntry" WHERE "action" IN ('api.create', 'api.save')`,
  );
  expect(audited).toEqual([{ lines: String(2 * WRITERS * ROUNDS) }]);
});
