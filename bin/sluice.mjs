#!/usr/bin/env node
// `npx sluice`: runs the command line of this clone, bundled anew when it has changed.
import { takeEnvironment } from "../tools/clone.mjs";
import { isBundled, prepareOrExit } from "../tools/prepare.mjs";

if (!(await isBundled())) {
  // What is printed on standard output belongs to the command.
  const { log } = console;
  console.log = console.error;
  await prepareOrExit(["install", "client", "bundle"]);
  console.log = log;
}
if (["backup", "restore", "reseal", "migrate"].includes(process.argv[2])) {
  takeEnvironment();
  await import("../build/databaseCommands.mjs");
} else await import("../build/sluice.mjs");
