import { sluiceCalls } from "#lib/contract/sluiceRest";
import { listRevisions } from "#prisma/revisions";
import { answer, noSuchApi } from "../../../../../_server/restAnswers";
import { sluiceCall } from "../../../../../_server/sluiceCall";

/** The revisions that are kept, newest first. */
export const GET = sluiceCall(sluiceCalls.listRevisions, async ({ id }) => {
  const revisions = await listRevisions(id);
  return revisions ? answer({ revisions }) : noSuchApi();
});
