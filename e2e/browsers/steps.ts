import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { admin } from "./journey";
import { button, dialog, field, heading, item, link, linkTo, menuItem, select, words } from "./names";
import type { Person } from "./person";

/** From a page that asks for it, to the list of APIs. */
export async function signIn(person: Person, publisherUrl: string): Promise<void> {
  await person.open(`${publisherUrl}/apis`);
  await person.fill(field("User name"), admin.username);
  await person.fill(field("Password"), admin.password);
  await person.press(field("Password"), "Enter");
  await person.sees(button(`Account ${admin.username}`));
  await person.isAt(`${publisherUrl}/apis`);
}

export async function signOut(person: Person): Promise<void> {
  await person.click(button(`Account ${admin.username}`));
  await person.press(menuItem("Sign out"), "Enter");
  await person.sees(heading("Sign in"));
}

/** From the list of APIs, to the endpoints of a new one that has none. */
export async function create(
  person: Person,
  { name, context, version }: { name: string; context: string; version: string },
): Promise<void> {
  await person.click(link("Create API"));
  await person.click(linkTo("Start from scratch"));
  await person.fill(field("Name"), name);
  await person.fill(field("Context"), context);
  await person.fill(field("Version"), version);
  await person.click(button("Create"));
  await person.sees(heading("Endpoints"));
  await person.isAt(/\/apis\/[^/]+\/endpoints$/);
}

/** Enters the endpoints: the first in the field, the others in the list, by the button and by Enter. */
export async function balanceOver(person: Person, [first = "", ...others]: string[]): Promise<void> {
  const next = field("Service URL");
  await person.fill(field("Production Endpoint URL"), first);
  await person.click(words("Load balance and Failover Configurations"));
  await person.choose(select("Endpoint Type"), "Load Balanced");
  for (const [i, url] of others.entries()) {
    await person.fill(next, url);
    if (i % 2 === 0) await person.click(button("Add the production endpoint"));
    else await person.press(next, "Enter");
    await person.sees(item(url));
  }
}

/** In the dialog of a load balanced list: each client stays a minute where it was sent by weight. */
export async function stickForAMinute(person: Person): Promise<void> {
  const settings = dialog("Load Balance Configurations");
  await person.click(button("Load balance configurations"));
  await person.choose(select("Algorithm"), "Weighted Round Robin");
  await person.choose(select("Session Management"), "Transport");
  await person.fill(field("Session Timeout (Millis)"), "60000");
  await person.click(settings + button("Save"));
  await person.misses(settings);
}

export async function saveAndDeploy(person: Person, revision: number): Promise<void> {
  await person.click(button("Save & Deploy"));
  await person.sees(words(`Live: r${revision} since`));
}

/** The line that Overview has for production, with a token; by way of the clipboard, to Try Out. */
export async function copiedLine(person: Person): Promise<string> {
  await goTo(person, "Overview");
  await person.click(button("Get a token for production"));
  await person.sees(words("Valid until"));
  await person.click(button("Copy production curl command"));
  await goTo(person, "Try Out");
  await person.press(field("Headers"), "selectAll");
  await person.press(field("Headers"), "paste");
  return person.value(field("Headers"));
}

/** Over the menu of an API. */
export async function goTo(person: Person, page: string): Promise<void> {
  await person.click(link(page));
  await person.sees(heading(page));
}

/** Runs a line as a shell does; what it prints. */
export async function runInShell(line: string): Promise<string> {
  return (await promisify(execFile)("/bin/sh", ["-c", line])).stdout;
}
