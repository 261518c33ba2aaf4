import { expect, test } from "@playwright/test";
import { nextStep, type Standing, type Step } from "#lib/traffic/nextStep";
import type { Failure, FailureCause, Outcome } from "#lib/traffic/outcome";

/** A GET on a list that moves on, after its first attempt. */
const usual: Standing = {
  idempotent: true,
  replayable: true,
  failsOver: true,
  more: true,
  timeLeft: true,
  fresh: false,
  discards: false,
  provesAgain: false,
  passedOn: false,
};
const post = { idempotent: false };

function failure(cause: FailureCause, more: Partial<Failure> = {}): Failure {
  const written = cause === "closed" || cause === "protocol" || cause === "responseTimeout";
  return { kind: "failure", cause, written, answered: false, stale: false, ...more };
}

const answered: Outcome = { kind: "response", status: 503 };
const stale = failure("closed", { stale: true });

const table: [string, Outcome, Partial<Standing>, Step][] = [
  ["an answer that the caller has", answered, { passedOn: true }, "done"],
  ["an answer to be asked again for", answered, {}, "askAgain"],
  ["the same with renewed credentials", answered, { provesAgain: true }, "prove"],
  ["the caller left", { kind: "clientGone" }, {}, "leave"],
  ["no descriptors", { kind: "noDescriptors" }, {}, "refuse"],
  ["refused", failure("refused"), {}, "elsewhere"],
  ["refused, POST", failure("refused"), post, "elsewhere"],
  ["unknown host, POST", failure("dns"), post, "elsewhere"],
  ["no TLS, POST", failure("tls"), post, "elsewhere"],
  ["no connection in time, POST", failure("connectTimeout"), post, "elsewhere"],
  ["closed", failure("closed"), {}, "elsewhereInBudget"],
  ["closed, POST", failure("closed"), post, "fail"],
  ["closed before anything was written, POST", failure("closed", { written: false }), post, "elsewhere"],
  ["no answer in time", failure("responseTimeout"), {}, "elsewhereInBudget"],
  ["no answer in time, POST", failure("responseTimeout"), post, "fail"],
  ["a malformed answer", failure("protocol"), {}, "elsewhereInBudget"],
  ["refused on a list that does not move on", failure("refused"), { failsOver: false }, "fail"],
  ["refused at the last attempt", failure("refused"), { more: false }, "fail"],
  ["refused at the deadline", failure("refused"), { timeLeft: false }, "fail"],
  ["refused, and the body is gone", failure("refused"), { replayable: false }, "fail"],
  ["broken off within the answer", failure("closed", { answered: true }), {}, "cut"],
  ["silent within the answer", failure("responseTimeout", { answered: true }), {}, "cut"],
  ["no answer in time, discarding", failure("responseTimeout"), { discards: true }, "cut"],
  ["no connection in time, discarding", failure("connectTimeout"), { discards: true }, "cut"],
  ["refused, discarding", failure("refused"), { discards: true }, "elsewhere"],
  ["a stale connection", stale, {}, "anew"],
  ["a stale connection, at the last attempt", stale, { more: false }, "anew"],
  ["a stale connection, POST", stale, post, "fail"],
  ["a connection that takes no more, POST", { ...stale, written: false }, post, "anew"],
  ["a stale connection, and the body is gone", stale, { replayable: false }, "fail"],
  ["a stale connection again", stale, { fresh: true }, "elsewhereInBudget"],
];

for (const [what, outcome, standing, step] of table) {
  test(`${what}: ${step}`, () => {
    expect(nextStep(outcome, { ...usual, ...standing })).toBe(step);
  });
}
