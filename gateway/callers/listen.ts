import type { Server } from "node:net";
import { listenAs } from "../boundary";

/**
 * Listens on one address, or on both loopback addresses when `host` is empty, so that "localhost" works
 * whichever family it resolves to. `make` is called once per address. Fails with one sentence.
 */
export async function listen<S extends Server>(
  make: () => S,
  host: string,
  port: number,
  variable: string,
): Promise<S[]> {
  if (host !== "") return [await listenOn(make(), host, port, variable)];
  const v4 = await listenOn(make(), "127.0.0.1", port, variable);
  try {
    return [v4, await listenOn(make(), "::1", port, variable)];
  } catch (error) {
    if (error instanceof NoAddress) return [v4];
    v4.close();
    throw error;
  }
}

/** This machine does not have the address (no IPv6, say). */
class NoAddress extends Error {}

function listenOn<S extends Server>(server: S, host: string, port: number, variable: string): Promise<S> {
  return new Promise((resolve, reject) => {
    // biome-ignore lint/plugin: nobody calls yet; what fails here stops the start
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") {
        reject(
          new Error(
            `Port ${port} is already in use. Stop the program that uses it or set ${variable} to a free port.`,
          ),
        );
      } else if (error.code === "EADDRNOTAVAIL" || error.code === "EAFNOSUPPORT") {
        reject(new NoAddress(`This machine has no address ${host} to listen on (${variable}).`));
      } else if (error.code === "EACCES") {
        reject(
          new Error(`Listening on port ${port} is not permitted. Set ${variable} to a port above 1023.`),
        );
      } else reject(error);
    });
    server.listen(port, host, () => {
      server.removeAllListeners("error");
      // A connection that could not be taken is its caller's loss alone.
      listenAs(
        "server error",
        server,
        () => ({ requestId: "", breakOff() {} }),
        (error: Error) => console.error(`A connection could not be taken on port ${port}: ${error.message}`),
      );
      resolve(server);
    });
  });
}
