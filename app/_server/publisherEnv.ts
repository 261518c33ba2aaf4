import { type PublisherEnv, parsePublisherEnv } from "../../publisher/config";

/** Read at use and not at import: a build has no environment of its own. */
export function environment(): PublisherEnv {
  const parsed = parsePublisherEnv(process.env);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.env;
}
