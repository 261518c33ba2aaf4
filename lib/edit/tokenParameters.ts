/** Fields of a token request that are the backend's token server's own (RFC 6749, section 8.2): a line each, `name=value`. */

/** What the request has anyway. */
const taken = ["grant_type", "client_id", "client_secret", "username", "password", "scope"];

/** Name and value of each line; lines with nothing in them are none. */
export function tokenParameters(lines: string): [string, string][] {
  return lines
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const at = line.indexOf("=");
      return at < 0 ? [line.trim(), ""] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    });
}

/** As lines again. */
export function parameterLines(parameters: readonly (readonly [string, string])[]): string {
  return parameters.map(([name, value]) => `${name}=${value}`).join("\n");
}

/** Why the lines cannot be sent; undefined when they can. */
export function parametersProblem(lines: string): string | undefined {
  for (const line of lines.split("\n").filter((one) => one.trim() !== "")) {
    const [[name = ""] = []] = tokenParameters(line);
    if (!line.includes("=") || name === "")
      return `Write name=value, a line each: "${line.trim().slice(0, 40)}".`;
    if (taken.includes(name.toLowerCase()))
      return `${name} is part of every request for a token: enter it in its field.`;
  }
  return undefined;
}
