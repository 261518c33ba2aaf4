/**
 * Networks that neither process asks for somebody: link-local ones, which is where clouds keep the credentials of
 * the machine, and the metadata services that live elsewhere (AWS and Google over IPv6, Alibaba, Oracle).
 */
export const forbiddenNetworks: readonly { address: string; bits: number; family: "ipv4" | "ipv6" }[] = [
  { address: "169.254.0.0", bits: 16, family: "ipv4" },
  { address: "fe80::", bits: 10, family: "ipv6" },
  { address: "fd00:ec2::254", bits: 128, family: "ipv6" },
  { address: "fd20:ce::254", bits: 128, family: "ipv6" },
  // The same IPv4 addresses behind a translator from IPv6 (RFC 6052).
  { address: "64:ff9b::169.254.0.0", bits: 112, family: "ipv6" },
  { address: "64:ff9b::100.100.100.200", bits: 128, family: "ipv6" },
  { address: "64:ff9b:1::169.254.0.0", bits: 112, family: "ipv6" },
  { address: "2002:a9fe::", bits: 32, family: "ipv6" },
  { address: "100.100.100.200", bits: 32, family: "ipv4" },
  { address: "192.0.0.192", bits: 32, family: "ipv4" },
];

/**
 * IPv4 written as IPv6 is the same address, in decimal (::ffff:127.0.0.1) and as URLs have it (::ffff:7f00:1). The
 * address of nobody in particular reaches this machine, so it counts as loopback.
 */
export function plainAddress(address: string): string {
  const [, dotted, high, low] =
    /^::(?:ffff:(?:0:)?)?(?:(\d+\.\d+\.\d+\.\d+)|([0-9a-f]{1,4}):([0-9a-f]{1,4}))$/i.exec(address) ?? [];
  const bytes = [high, low].flatMap((group) => {
    const number = Number.parseInt(group ?? "0", 16);
    return [number >> 8, number & 255];
  });
  const plain = dotted ?? (high === undefined ? address : bytes.join("."));
  if (plain === "0.0.0.0") return "127.0.0.1";
  return plain === "::" ? "::1" : plain;
}

/** One spelling per host: no brackets, lower case, no dot at the end, an address as `plainAddress` has it. */
export const plainHost = (host: string) =>
  plainAddress(
    host
      .replace(/^\[|\]$/g, "")
      .replace(/\.$/, "")
      .toLowerCase(),
  );
