import { expect, test } from "@playwright/test";
import { parameterLines, parametersProblem, tokenParameters } from "#lib/edit/tokenParameters";
import type { Notes } from "#lib/wso2/projectNotes";
import { readSecurity, writeSecurity } from "#lib/wso2/wso2Security";

test("each line is a parameter, whatever is in its value", () => {
  const pairs = tokenParameters("audience=https://a.example/?b=c&d\n\n resource = x y \nempty=");
  expect(pairs).toEqual([
    ["audience", "https://a.example/?b=c&d"],
    ["resource", "x y"],
    ["empty", ""],
  ]);
  expect(tokenParameters(parameterLines(pairs))).toEqual(pairs);
});

test("what cannot be sent is told", () => {
  expect(parametersProblem("a=1\nb=2")).toBeUndefined();
  expect(parametersProblem("a=1\njust words")).toContain('"just words"');
  expect(parametersProblem("=1")).toContain("name=value");
  for (const name of ["grant_type", "Client_Secret", "scope"])
    expect(parametersProblem(`${name}=x`)).toContain(name);
});

test("WSO2's custom parameters come in and go out, in each of its forms", () => {
  const warnings: string[] = [];
  const notes = {
    problem: (place: string) => warnings.push(`problem at ${place}`),
    warn: (place: string, words: string) => warnings.push(`${place}: ${words}`),
  } as unknown as Notes;
  const read = (customParameters: unknown) => {
    warnings.length = 0;
    const given = { type: "OAUTH", tokenUrl: "https://t.example", clientId: "c", customParameters };
    const { security, unknown } = readSecurity(given, "security", notes);
    expect(unknown).toEqual({});
    return security;
  };
  const parametersOf = (value: unknown) => read(value).oauth2.parameters;
  expect(parametersOf({ audience: "https://a.example", level: 3, on: true })).toBe(
    "audience=https://a.example\nlevel=3\non=true",
  );
  expect(parametersOf('{"audience": "a"}')).toBe("audience=a");
  expect(parametersOf({ a: { value: "x", secured: false } })).toBe("a=x");
  for (const nothing of [undefined, null, "", {}, "{}"]) expect(parametersOf(nothing)).toBe("");
  expect(warnings).toEqual([]);
  expect(parametersOf({ key: { value: "x", secured: true }, a: "b" })).toBe("a=b");
  expect(warnings).toEqual([expect.stringMatching(/^security\.customParameters\.key: .*secured/)]);
  expect(parametersOf({ grant_type: "other", a: "b" })).toBe("a=b");
  expect(warnings).toEqual([expect.stringMatching(/^security\.customParameters\.grant_type: /)]);
  read("no map");
  expect(warnings).toEqual(["problem at security.customParameters"]);
  const before = read({ audience: "https://a.example?x=y" });
  const written = writeSecurity(before);
  expect(written.customParameters).toEqual({ audience: "https://a.example?x=y" });
  expect(readSecurity(written, "", notes).security).toEqual(before);
});
