import { openApiDocument } from "#lib/contract/openApiDocument";
import { publisherRest } from "#lib/contract/publisherRest";

const text = JSON.stringify(openApiDocument(publisherRest), null, 2);

/** Of this interface. It says nothing of an installation, so whoever asks may read it. */
export const GET = () =>
  new Response(text, {
    headers: { "content-type": "application/json", "cache-control": "public, max-age=300" },
  });
