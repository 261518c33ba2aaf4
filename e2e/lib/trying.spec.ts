import { expect, test } from "@playwright/test";
import { roles } from "#lib/access/roles";
import {
  mayTry,
  productionReach,
  reachedBy,
  whyNoToken,
  whyNotHeader,
  whyNotOperation,
  whyNotTry,
} from "#lib/access/trying";
import { ApiDefinition } from "#lib/schemas/definition";
import { Settings } from "#lib/schemas/installation";

const definition = (more: object = {}) =>
  ApiDefinition.parse({
    name: "Pizza",
    context: "/pizza",
    version: "1.0.0",
    endpoints: {
      production: { enabled: true, endpoints: [{ id: "ep_live", url: "http://live.example" }] },
      sandbox: { enabled: true, endpoints: [{ id: "ep_test", url: "http://test.example" }] },
    },
    resources: [
      { method: "GET", path: "/menu" },
      { method: "GET", path: "/open", secured: false },
    ],
    ...more,
  });

test("all but viewers may try everything; viewers the sandbox, and reading where it is allowed", () => {
  for (const role of roles) {
    for (const allowed of [true, false]) {
      const reach = productionReach(role, allowed);
      expect(mayTry(reach, "sandbox", "DELETE")).toBe(true);
      expect(mayTry(reach, "production", "DELETE"), role).toBe(role !== "viewer");
      for (const method of ["GET", "HEAD"]) {
        expect(mayTry(reach, "production", method), role).toBe(role !== "viewer" || allowed);
      }
      for (const method of ["POST", "OPTIONS", "get"]) {
        expect(mayTry(reach, "production", method), role).toBe(role !== "viewer");
      }
    }
  }
  expect(whyNotTry("viewer", "none", "production", "GET")).toMatch(
    /^Your role \(viewer\) may try out the sandbox only\./,
  );
  expect(whyNotTry("viewer", "read", "production", "PUT")).toBe(
    "Your role (viewer) may send only GET and HEAD to production.",
  );
  expect(whyNotTry("viewer", "read", "production", "GET")).toBe("");
});

test("a viewer gets no token for production, whatever is allowed", () => {
  expect(roles.filter((role) => whyNoToken(role, "production") !== "")).toEqual(["viewer"]);
  expect(roles.filter((role) => whyNoToken(role, "sandbox") !== "")).toEqual([]);
});

test("what asks for no token counts as production, whichever token goes with it", () => {
  const api = definition();
  const [menu, open] = api.resources;
  expect(reachedBy(api, menu!, "sandbox")).toBe("sandbox");
  expect(reachedBy(api, open!, "sandbox")).toBe("production");
  expect(whyNotOperation("viewer", "none", api, open!, "sandbox", "GET")).toMatch(
    /^This operation asks for no token/,
  );
  expect(whyNotOperation("viewer", "none", api, menu!, "sandbox", "DELETE")).toBe("");
  expect(whyNotOperation("viewer", "none", api, null, "production", "GET")).not.toBe("");
  const bare = definition({ security: { kind: "none" } });
  expect(reachedBy(bare, bare.resources[0]!, "sandbox")).toBe("production");
  const trial = definition({
    security: { kind: "none" },
    endpoints: { sandbox: { enabled: true, endpoints: [{ id: "ep_test", url: "http://test.example" }] } },
  });
  expect(reachedBy(trial, trial.resources[0]!, "production")).toBe("sandbox");
  const own = {
    ...trial.resources[0]!,
    endpoints: definition().endpoints,
  };
  expect(reachedBy(trial, own, "sandbox")).toBe("production");
});

test("nobody who is held to something may send what frees from it", () => {
  const api = definition({ security: { kind: "jwt", header: "X-Token" } });
  for (const name of ["x-token", "X-TOKEN", "Internal-Key", "X-HTTP-Method-Override", "x-method-override"]) {
    expect(whyNotHeader("viewer", "read", name, api), name).toContain(name);
    expect(whyNotHeader("creator", "all", name, api), name).toBe("");
  }
  expect(whyNotHeader("viewer", "none", "Accept", api)).toBe("");
});

test("a setting that was never set, or makes no sense, is off", () => {
  expect(Settings.parse({})).toEqual({ viewersReadProduction: false });
  expect(Settings.parse({ viewersReadProduction: "yes" })).toEqual({ viewersReadProduction: false });
  expect(Settings.parse({ viewersReadProduction: true, other: 1 })).toEqual({ viewersReadProduction: true });
});
