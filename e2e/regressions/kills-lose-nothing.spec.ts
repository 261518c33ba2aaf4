import { expect, type Publisher, test } from "../fixtures";
import { importApi } from "../writers";

/**
 * What a publisher has acknowledged is there after it was killed, however often. `KILLS=100 npm test -- -g "killed"` is
 * the long one.
 */

test.use({ installation: "own", signedIn: false });

const KILLS = Number(process.env.KILLS || 4);
const WRITERS = 4;
/** Acknowledged in each life, at least. */
const WRITES = 4;

/** What was acknowledged to one writer, who has an API alone. */
interface Acknowledged {
  saves: number;
  deployments: number;
  /** The note of the last one. */
  note: number;
}

test("nothing that was acknowledged is lost when the publisher is killed", async ({
  publisher,
  gateway,
  database,
}) => {
  test.setTimeout(120_000 + KILLS * 10_000);
  const g = await gateway();
  let alive = publisher();
  const { token } = await (await alive).signIn();
  const acknowledged = Array.from({ length: WRITERS }, () => ({ saves: 0, deployments: 0, note: 0 }));
  const total = () => acknowledged.reduce((sum, { saves, deployments }) => sum + saves + deployments, 0);
  const unexpected: string[] = [];
  let isOver = false;
  const writers = acknowledged.map(async (mine, writer) => {
    for (let note = 1; !isOver; note++) {
      const deploy = note % 2 === 0;
      const { url } = await alive;
      // Cut off by the death: nobody knows what became of it.
      const answer = await importApi(url, token, { name: `Api${writer}`, note: `${note}`, deploy }).catch(
        () => null,
      );
      if (answer && answer.status > 201) unexpected.push(`${answer.status} ${answer.text}`);
      if (!answer || answer.status > 201) continue;
      mine.saves++;
      if (deploy) mine.deployments++;
      mine.note = note;
    }
  });

  for (let kill = 1; kill <= KILLS; kill++) {
    const before = total();
    const killed: Publisher = await alive;
    await expect.poll(total, { intervals: [10] }).toBeGreaterThan(before + WRITES);
    await killed.stop("SIGKILL");
    alive = publisher();
    await alive;
  }
  isOver = true;
  await Promise.all(writers);
  console.log(`${KILLS} kills, ${total()} acknowledged writes`);
  expect(unexpected).toEqual([]);

  const found = await database.sql<{ writer: number; saves: number; deployments: number; note: number }>(`
    SELECT CAST(substr(a."name", 4) AS INTEGER) AS writer,
      CAST(json_extract(a."draft", '$.description') AS INTEGER) AS note,
      (SELECT COUNT(*) FROM "AuditEntry" e WHERE e."subject" = a."id"
        AND e."action" IN ('api.create', 'api.save')) AS saves,
      (SELECT COUNT(*) FROM "Deployment" d WHERE d."apiId" = a."id") AS deployments
    FROM "Api" a ORDER BY a."name"`);
  const lost = (mine: Acknowledged, there: Acknowledged) =>
    there.saves < mine.saves || there.deployments < mine.deployments || there.note < mine.note;
  expect(found.length).toBe(WRITERS);
  for (const there of found) {
    const mine = acknowledged[there.writer]!;
    expect(lost(mine, there), `acknowledged ${JSON.stringify(mine)}, found ${JSON.stringify(there)}`).toBe(
      false,
    );
  }
  expect(await database.sql("PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
  // The gateway, which read on all the time, has it, too.
  const rows = await database.sql<{ id: number }>('SELECT "value" AS id FROM "Generation"');
  await g.reaches(Number(rows[0]!.id));
});
