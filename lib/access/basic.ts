import { withoutNul } from "../model/nul";

/** HTTP Basic (RFC 7617), its text in UTF-8. */

export interface BasicCredentials {
  /** What comes before the first colon. */
  name: string;
  password: string;
}

/** What an Authorization field holds; null when it is not Basic, has no name or a U+0000, or is longer than `maxLength` characters. */
export function readBasic(header: string | null | undefined, maxLength: number): BasicCredentials | null {
  const encoded = /^basic +([A-Za-z0-9+/]+=*) *$/i.exec(header ?? "")?.[1];
  // Four characters of base64 are three bytes, and a character has four at most.
  if (!encoded || encoded.length > 16 * maxLength) return null;
  const text = decoded(encoded);
  const colon = text?.indexOf(":") ?? -1;
  if (text === null || colon < 1 || !withoutNul(text)) return null;
  const [name, password] = [text.slice(0, colon), text.slice(colon + 1)];
  return name.length > maxLength || password.length > maxLength ? null : { name, password };
}

function decoded(base64: string): string | null {
  try {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    return new TextDecoder().decode(bytes);
  } catch {
    return null;
  }
}

/** The Authorization value for a name and a password. */
export function basicHeader(name: string, password: string): string {
  const bytes = new TextEncoder().encode(`${name}:${password}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}
