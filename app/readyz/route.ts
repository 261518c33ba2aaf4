import { readSettings } from "#prisma/installationSettings";
import { answering } from "../_server/answering";
import { answer } from "../_server/restAnswers";

/** From the database, not from the build. */
export const dynamic = "force-dynamic";

/** For whoever watches the publisher: whether its database can be read, and why not. */
export const GET = answering(async () => {
  await readSettings();
  return answer({ ready: true });
});
