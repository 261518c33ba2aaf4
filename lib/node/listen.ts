import { isIPv4, type Server } from "node:net";

/** Whether only this machine reaches what listens on an address; empty means both loopback addresses. */
export function isLoopback(host: string): boolean {
  return ["", "localhost", "::1"].includes(host) || (isIPv4(host) && host.startsWith("127."));
}

/**
 * Whether the Host of a request, with or without port, is a name of this machine for itself. No foreign page can have
 * one, whatever its own name resolves to.
 */
export function isLoopbackName(hostAndPort: string): boolean {
  const name = hostAndPort.toLowerCase().replace(/:\d+$/, "");
  return name === "[::1]" || (name !== "" && name !== "::1" && isLoopback(name));
}

/** Where to listen, and the variables that say so, for the sentence about what is wrong. */
export interface Place {
  /** Empty means both loopback addresses, so that "localhost" works whichever family it resolves to. */
  host: string;
  port: number;
  hostVariable: string;
  portVariable: string;
}

/** Listens; `make` is called once per address. Fails with one sentence. */
export async function listen<S extends Server>(make: () => S, place: Place): Promise<S[]> {
  if (place.host !== "") return [await listenOn(make(), place.host, place)];
  const v4 = await listenOn(make(), "127.0.0.1", place);
  try {
    return [v4, await listenOn(make(), "::1", place)];
  } catch (error) {
    // A machine without IPv6 resolves localhost to 127.0.0.1 alone.
    if (error instanceof NoAddress) return [v4];
    v4.close();
    throw error;
  }
}

/** This machine does not have the address (no IPv6, say). */
class NoAddress extends Error {}

function listenOn<S extends Server>(server: S, host: string, place: Place): Promise<S> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => reject(explained(error, place));
    server.once("error", failed);
    server.listen(place.port, host, () => {
      server.off("error", failed);
      resolve(server);
    });
  });
}

function explained(error: NodeJS.ErrnoException, { host, port, hostVariable, portVariable }: Place): Error {
  switch (error.code) {
    case "EADDRINUSE":
      return new Error(
        `Port ${port} is already in use. Stop the program that uses it or set ${portVariable} to a free port.`,
      );
    case "EACCES":
      return new Error(
        `Port ${port} may not be opened by this user. Set ${portVariable} to a port above 1023.`,
      );
    case "EADDRNOTAVAIL":
    case "EAFNOSUPPORT":
    case "ENOTFOUND":
      return new NoAddress(
        `${hostVariable}=${host} is not an address of this machine. Unset ${hostVariable} to listen on loopback only.`,
      );
    default:
      return new Error(`Port ${port} cannot be opened: ${error.message}.`);
  }
}
