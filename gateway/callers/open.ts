import type { Server } from "node:net";
import { listen, type Place } from "#lib/node/listen";
import { listenAs } from "../boundary";

/** Opens a listener that lasts: a connection that could not be taken is its caller's loss alone. */
export async function open<S extends Server>(make: () => S, place: Place): Promise<S[]> {
  const servers = await listen(make, place);
  for (const server of servers) {
    listenAs(
      "server error",
      server,
      () => ({ requestId: "", breakOff() {} }),
      (error: Error) =>
        console.error(`A connection could not be taken on port ${place.port}: ${error.message}`),
    );
  }
  return servers;
}
