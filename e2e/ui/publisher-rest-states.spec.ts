import { publisherCalls as calls } from "#lib/contract/publisherRest";
import { type Apictl, apictlOf, packed, refusalOf, told } from "../apictl";
import { expect, test } from "../fixtures";
import { apiWith } from "../pages/apis";

/** The states of WSO2's life cycle that an API had. */

test.use({ signedIn: false });

const history = async (apictl: Apictl, id: string) => {
  const answer = await apictl.call(`/apis/${id}/lifecycle-history`);
  const { count, list } = await told(calls.lifeCycleHistory, 200, answer);
  expect(count).toBe(list.length);
  return list;
};

test("each change of state is in the history of its API, with who made it", async ({
  publisher,
  database,
}) => {
  const { id } = await database.deploy(apiWith(["http://a:1"]));
  const other = await database.save(apiWith(["http://a:1"], {}, "Other"));
  const running = await publisher();
  const admin = await apictlOf(running);
  const creator = await apictlOf(running, "creator");
  expect(await history(admin, id)).toEqual([]);
  expect(await creator.changed(id, "Publish")).toBe("PUBLISHED");
  expect((await admin.changeStatus(id, "Retire")).status).toBe(400);
  await admin.changed(id, "Deprecate");
  await admin.changed(id, "Retire");
  await creator.changed(other, "Publish");
  // Whoever deploys a retired API publishes it.
  await database.deploy(apiWith(["http://b:1"]));
  const list = await history(admin, id);
  expect(list.map(({ previousState, postState }) => [previousState, postState])).toEqual([
    ["CREATED", "PUBLISHED"],
    ["PUBLISHED", "DEPRECATED"],
    ["DEPRECATED", "RETIRED"],
    ["RETIRED", "PUBLISHED"],
  ]);
  expect(list.map(({ user }) => user)).toEqual(["creator", "admin", "admin", "test"]);
  const times = list.map(({ updatedTime }) => Date.parse(updatedTime));
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(await history(creator, other)).toMatchObject([{ previousState: "CREATED", postState: "PUBLISHED" }]);
  const missing = await admin.call("/apis/c0000000000000000000000/lifecycle-history");
  expect((await refusalOf(missing)).status).toBe(404);
});

test("the state that a project brings is a change of state, too", async ({ publisher }) => {
  const apictl = await apictlOf(await publisher());
  const files = (state: string) => ({
    "Pizza/api.yaml": `type: api\nversion: v4.7.0\ndata:\n  name: Pizza\n  context: /pizza\n  version: 1.0.0\n  lifeCycleStatus: ${state}\n`,
  });
  expect((await apictl.import(await packed(files("PUBLISHED")))).status).toBe(200);
  const id = await apictl.idOf("Pizza", "1.0.0");
  expect(await history(apictl, id)).toEqual([]);
  for (const state of ["DEPRECATED", "DEPRECATED"])
    expect((await apictl.import(await packed(files(state)), "overwrite=true")).status).toBe(200);
  expect(await history(apictl, id)).toMatchObject([
    { previousState: "PUBLISHED", postState: "DEPRECATED", user: "admin" },
  ]);
});
