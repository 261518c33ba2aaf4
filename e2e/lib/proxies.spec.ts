import type { BlockList } from "node:net";
import { expect, test } from "@playwright/test";
import { callerBehind, isTrusted, peerAddress, trustedProxies } from "#lib/node/proxies";

const list = (...entries: string[]) => trustedProxies(entries) as BlockList;

test("addresses and networks of both families are read, and nothing else", () => {
  const trusted = list("10.0.0.0/8", "192.0.2.7", "2001:db8::/32", "::1");
  for (const address of ["10.9.8.7", "192.0.2.7", "2001:db8::5", "::1"]) {
    expect(isTrusted(address, trusted), address).toBe(true);
  }
  for (const address of ["11.0.0.1", "192.0.2.8", "2001:db9::5", "::2", "", "unknown"]) {
    expect(isTrusted(address, trusted), address).toBe(false);
  }
  const wrong = [
    "10.0.0.0/33",
    "10.0.0.0/",
    "10.0.0.0/8/8",
    "10.0.0.0/1e1",
    "10.0.0.0/-1",
    "::1/129",
    "proxy",
    "",
  ];
  for (const entry of wrong) expect(trustedProxies(["::1", entry]), entry).toEqual({ wrong: entry });
});

test("the caller is the nearest address that is no trusted proxy", () => {
  const trusted = list("10.0.0.0/8");
  const behind = (forwardedFor: string) => callerBehind("10.0.0.1", forwardedFor, trusted);
  expect(behind("192.0.2.1")).toBe("192.0.2.1");
  expect(behind("6.6.6.6, 192.0.2.1, 10.0.0.2")).toBe("192.0.2.1");
  expect(behind("::ffff:192.0.2.1")).toBe("192.0.2.1");
  expect(behind("10.0.0.3, 10.0.0.2")).toBe("10.0.0.3");
  expect(behind("192.0.2.1:4711, 10.0.0.2:80")).toBe("192.0.2.1");
  expect(behind("[2001:db8::1]:443, 10.0.0.2")).toBe("2001:db8::1");
});

test("an entry that is no address is neither believed nor passed over for what stands before it", () => {
  expect(callerBehind("10.0.0.1", "6.6.6.6, unknown", list("10.0.0.0/8"))).toBe("10.0.0.1");
  expect(callerBehind("10.0.0.1", "<script>", list("10.0.0.0/8"))).toBe("10.0.0.1");
});

test("only IPv4 loses the prefix that IPv6 sockets give it", () => {
  expect(peerAddress("::ffff:127.0.0.1")).toBe("127.0.0.1");
  expect(peerAddress("::FFFF:127.0.0.1")).toBe("127.0.0.1");
  expect(peerAddress("::ffff:7f00:1")).toBe("::ffff:7f00:1");
  expect(peerAddress("::1")).toBe("::1");
});
