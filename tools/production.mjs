/** How node runs a bundled process in production; the benchmark measures just that. */

const GATEWAY_FLAGS = [
  "--enable-source-maps",
  // Requests leave little behind but much of it: collected less often, they are answered a few percent faster. MiB.
  "--max-semi-space-size=32",
];

/** Arguments for node. */
export function productionArgs(name) {
  return [...(name === "gateway" ? GATEWAY_FLAGS : []), `build/${name}.mjs`];
}
