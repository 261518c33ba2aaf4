import * as z from "zod";
import type { KeyType } from "#lib/edit/endpoints";
import { createKey, rotateKey } from "#prisma/access/applications";
import { issueForApplication } from "#prisma/access/clients";
import { findOwned } from "#prisma/access/ownedApplications";
import { answering } from "../../../../../../../_server/answering";
import { ApiId, requireRoute } from "../../../../../../../_server/guard";
import { readJson } from "../../../../../../../_server/readJson";
import { isOwnDefault } from "../../../../../../../_server/wso2/applicationDto";
import {
  answer,
  noSuchApplication,
  refusal,
  refusalOf,
  troubled,
} from "../../../../../../../_server/wso2/publisherAnswers";

const Wanted = z.object({ keyType: z.enum(["PRODUCTION", "SANDBOX"]) });
const ASKED = { maxBytes: 16 * 1024, words: "Send a JSON object with keyType, PRODUCTION or SANDBOX." };

/**
 * Makes client id and secret. Those that are there are somebody's: only apictl's own application gets another secret,
 * and its tokens go on.
 */
export const POST = answering(async (request: Request, { params }: { params: Promise<{ id: string }> }) => {
  const access = await requireRoute(request, "application.manage");
  if (!access.ok) return refusalOf(request, access.response);
  const { user } = access;
  const read = await readJson(request, Wanted, ASKED);
  if (!read.ok) return refusal(read.status, read.message);
  const keyType: KeyType = read.body.keyType === "SANDBOX" ? "sandbox" : "production";
  const id = ApiId.safeParse((await params).id);
  const application = id.success ? await findOwned(id.data) : null;
  if (!application) return noSuchApplication();
  const there = application.keys.some((key) => key.keyType === keyType);
  if (there && !isOwnDefault(application, user.username))
    return refusal(409, `This application has ${keyType} keys already.`);
  const made = there
    ? await rotateKey(application.id, keyType, false, user)
    : await createKey(application.id, keyType, user);
  if (!made.ok) return refusal(409, "The keys were changed at the same moment. Try again.");
  const issued = await issueForApplication(application.id, keyType, user);
  const token = issued.ok
    ? {
        accessToken: issued.token.token,
        tokenScopes: issued.scopes,
        validityTime: issued.token.validitySeconds,
      }
    : { accessToken: "", tokenScopes: [], validityTime: 0 };
  return answer({
    ...{ consumerKey: made.clientId, consumerSecret: made.secret },
    ...{ keyState: "APPROVED", keyType: read.body.keyType },
    supportedGrantTypes: ["client_credentials"],
    token,
  });
}, troubled);
