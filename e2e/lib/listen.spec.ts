import { expect, test } from "@playwright/test";
import { isLoopback, isLoopbackName } from "#lib/node/listen";

test("only addresses of this machine for itself are loopback", () => {
  for (const host of ["", "localhost", "127.0.0.1", "127.8.9.1", "::1"])
    expect(isLoopback(host), host).toBe(true);
  for (const host of [
    "0.0.0.0",
    "::",
    "10.0.0.1",
    "127.evil.example",
    "127.0.0.1.example",
    "localhost.example",
  ]) {
    expect(isLoopback(host), host).toBe(false);
  }
});

test("only names that no foreign page can have are loopback names", () => {
  for (const host of ["localhost", "LocalHost:9096", "127.0.0.1:9096", "127.0.0.2", "[::1]", "[::1]:80"]) {
    expect(isLoopbackName(host), host).toBe(true);
  }
  for (const host of [
    "",
    "::1",
    "[::2]:80",
    "127.evil.example:80",
    "localhost.evil.example",
    "evil.example",
  ]) {
    expect(isLoopbackName(host), host).toBe(false);
  }
});
