import { connect, type Socket } from "node:net";
import { expect, test } from "../fixtures";
import { endpoint, pizza } from "./client";

/** A gateway that stopped cut answers that it had read whole, and their callers had not: they lost up to 64 KB. */

test.use({ installation: "own" });

/** What the system keeps for a caller who does not read is some megabytes; some of these are just larger. */
const SIZES = Array.from({ length: 60 }, (_, i) => 3_600_000 + i * 20_000);

test("callers who read slowly get all of their answers from a gateway that stops", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one", {
    handler: (req, res) => res.end(Buffer.alloc(Number(/\d+$/.exec(req.url!)![0]), "x")),
  });
  const g = await gateway();
  await g.deploy(pizza([one]));
  const callers: { size: number; socket: Socket; got: number; closed: Promise<unknown> }[] = [];
  for (const size of SIZES) {
    const socket = connect(Number(new URL(g.url).port), "127.0.0.1").pause();
    socket.on("error", () => {});
    socket.write(`GET /pizza/1.0.0/${size} HTTP/1.1\r\nHost: gw\r\n\r\n`);
    const closed = new Promise((resolve) => socket.on("close", resolve));
    callers.push({ size, socket, got: 0, closed });
  }
  await expect.poll(() => one.requests.length).toBe(SIZES.length);
  // Until nothing moves any more.
  const seen: number[] = [];
  const isStill = async () => {
    seen.push((await endpoint(g)).inFlight);
    return seen.length > 5 && new Set(seen.slice(-5)).size === 1;
  };
  await expect.poll(isStill, { intervals: [400] }).toBe(true);
  const stopping = g.stop("SIGTERM");
  await expect.poll(() => fetch(`${g.url}/`).catch(() => "refused")).toBe("refused");
  for (const caller of callers) {
    caller.socket.on("data", (data) => {
      caller.got += data.length;
    });
    caller.socket.resume();
  }
  await Promise.all(callers.map(({ closed }) => closed));
  const cut = callers.filter(({ size, got }) => got <= size);
  expect(cut.map(({ size, got }) => `${got} of ${size}`)).toEqual([]);
  expect(await stopping).toBe(0);
});
