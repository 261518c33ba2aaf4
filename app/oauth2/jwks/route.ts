import { publicJwks } from "#prisma/access/signing";
import { answering } from "../../_server/answering";

/** From the database, not from the build. */
export const dynamic = "force-dynamic";

/** The public keys of our tokens, for whoever verifies them. Public, so pages of any origin may read them. */
export const GET = answering(async () => {
  return Response.json(await publicJwks(), {
    headers: {
      "content-type": "application/jwk-set+json",
      "cache-control": "public, max-age=300",
      "access-control-allow-origin": "*",
    },
  });
});
