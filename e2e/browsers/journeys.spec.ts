import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { outputFolder } from "../fixtures";
import { apiWith } from "../pages/apis";
import { expect, test } from "./journey";
import { button, dialog, field, heading, item, link, linkTo, select, words } from "./names";
import {
  balanceOver,
  copiedLine,
  create,
  goTo,
  runInShell,
  saveAndDeploy,
  signIn,
  signOut,
  stickForAMinute,
} from "./steps";

test("an API is made, balanced over three endpoints, deployed, called, and outlives two of them", async ({
  person,
  backend,
  gateway,
  publisher,
}) => {
  test.slow();
  const [a, b, c] = await Promise.all([backend("a"), backend("b"), backend("c")]);
  await gateway();
  const { url } = await publisher();
  await signIn(person, url);
  await create(person, { name: "Pizza Shack", context: "pizza", version: "1.0.0" });
  await balanceOver(person, [a.url, b.url, c.url]);
  await stickForAMinute(person);
  await saveAndDeploy(person, 1);

  const line = await copiedLine(person);
  expect(line).toMatch(/^curl .*Bearer ey/);
  const answerers = async (times: number) => {
    const names: string[] = [];
    for (let i = 0; i < times; i++) names.push(JSON.parse(await runInShell(line)).backend);
    return names.sort();
  };
  expect(await answerers(6)).toEqual(["a", "a", "b", "b", "c", "c"]);
  expect(await runInShell(line.replace("curl", "curl -si"))).toMatch(/^set-cookie: .*Max-Age=60/im);

  await test.step("Try Out", async () => {
    await person.fill(field("Headers"), "X-Wish: no onions");
    await person.fill(field("Path"), "/menu");
    await person.click(button("Send"));
    await person.sees(heading("200 OK"));
    const sent = [a, b, c].flatMap(({ requests }) => requests).filter(({ url }) => url === "/menu");
    expect(sent.map(({ headers }) => headers["x-wish"])).toEqual(["no onions"]);
    await person.click(button("Send 10 requests"));
    await person.sees(heading("10 of 10 requests were answered"));
  });

  await test.step("a backend ends: calls go on, and the page says which", async () => {
    await b.kill();
    expect(new Set(await answerers(6))).toEqual(new Set(["a", "c"]));
    await goTo(person, "Endpoints");
    await person.sees(item(b.url) + words("Suspended for"));
    await person.sees(item(a.url) + words("Up"));
  });

  await test.step("failover", async () => {
    await person.choose(select("Endpoint Type"), "Failover");
    await saveAndDeploy(person, 2);
    expect(await answerers(3)).toEqual(["a", "a", "a"]);
    await a.kill();
    expect(await answerers(3)).toEqual(["c", "c", "c"]);
    await person.sees(item(a.url) + words("Suspended for"));
    await person.sees(item(c.url) + words("Up"));
  });
});

test("unsaved edits are asked about by a link and by Back", async ({ person, publisher, database }) => {
  const [saved, typed] = ["http://orders-a:8080", "http://orders-b:8080"];
  await database.save(apiWith([saved]));
  const { url } = await publisher();
  const production = field("Production Endpoint URL");
  const question = dialog("Leave without saving?");
  const answer = async (name: string) => {
    await person.click(question + button(name));
    await person.misses(question);
  };
  await signIn(person, url);
  await person.click(link("Orders"));
  await goTo(person, "Endpoints");
  await person.fill(production, typed);
  await person.sees(button("1 unsaved change"));

  await person.click(link("Overview"));
  await answer("Stay");
  expect(await person.value(production)).toBe(typed);
  await person.back();
  await answer("Stay");
  expect(await person.value(production)).toBe(typed);
  await person.back();
  await answer("Leave without saving");
  await person.sees(heading("Overview"));
  await person.back();
  await person.isAt(`${url}/apis`);

  await person.click(link("Orders"));
  await goTo(person, "Endpoints");
  expect(await person.value(production)).toBe(saved);
  await person.fill(production, typed);
  await person.click(link("Monitor"));
  await answer("Leave without saving");
  await person.sees(heading("Monitor"));
  await person.back();
  await person.sees(heading("Endpoints"));
  expect(await person.value(production)).toBe(saved);
});

test("an OpenAPI file is read, looked at, named and created", async ({ person, publisher }) => {
  const [wrong, right] = ["none.json", "orders.json"].map((name) => join(outputFolder(), name));
  const info = { title: "Orders", version: "2.0.0" };
  const paths = { "/list": { get: { responses: {} } } };
  writeFileSync(wrong!, "{ this is none");
  writeFileSync(right!, JSON.stringify({ openapi: "3.1.0", info, paths }));
  const { url } = await publisher();
  await signIn(person, url);
  await person.click(link("Create API"));
  await person.click(linkTo("Import OpenAPI"));
  await person.sees(button("Choose a file"));
  await person.upload(fileField, wrong!);
  await person.click(button("Continue"));
  await person.sees(words("This cannot be imported"));

  await person.upload(fileField, right!);
  await person.click(button("Continue"));
  await person.sees(words("/list"));
  await person.click(button("Continue"));
  expect(await person.value(field("Name"))).toBe("Orders");
  expect(await person.value(field("Context"))).toBe("orders");
  await person.click(button("Create"));
  await person.sees(heading("Orders 2.0.0"));
});

const fileField = `//input[@type="file"]`;

test("signing out ends at the page to sign in, and is one", async ({ person, publisher }) => {
  const { url } = await publisher();
  await signIn(person, url);
  await signOut(person);
  await person.isAt(`${url}/sign-in`);
  await person.open(`${url}/applications`);
  await person.sees(heading("Sign in"));
});
