export function newEndpointId(): string {
  // randomUUID exists only on secure origins; the publisher may be reached by plain HTTP in a local network.
  const bytes = crypto.getRandomValues(new Uint8Array(10));
  return `ep_${Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("")}`;
}
