import * as z from "zod";
import { saveApplication } from "#prisma/access/applications";
import { findOwned, listOwned } from "#prisma/access/ownedApplications";
import { problemText } from "#prisma/store";
import { answering } from "../../../../../_server/answering";
import { requireRoute } from "../../../../../_server/guard";
import { readJson } from "../../../../../_server/readJson";
import { applicationOf, paged, storedName } from "../../../../../_server/wso2/applicationDto";
import {
  answer,
  noSuchApplication,
  refusal,
  refusalOf,
  troubled,
} from "../../../../../_server/wso2/publisherAnswers";

/** All of them, or those whose name contains `query`. */
export const GET = answering(async (request: Request) => {
  const access = await requireRoute(request, "application.read");
  if (!access.ok) return refusalOf(request, access.response);
  const query = (new URL(request.url).searchParams.get("query") ?? "").toLowerCase();
  const all = (await listOwned()).map((one) => applicationOf(one, access.user.username));
  return answer(paged(all.filter(({ name }) => name.toLowerCase().includes(query))));
}, troubled);

const Wanted = z.object({ name: z.string(), description: z.string().nullish() });
const ASKED = { maxBytes: 16 * 1024, words: "Send a JSON object with the application's name." };

export const POST = answering(async (request: Request) => {
  const access = await requireRoute(request, "application.manage");
  if (!access.ok) return refusalOf(request, access.response);
  const read = await readJson(request, Wanted, ASKED);
  if (!read.ok) return refusal(read.status, read.message);
  const { username } = access.user;
  const { name, description } = read.body;
  const wanted = { name: storedName(name, username), description: description ?? "" };
  const saved = await saveApplication(wanted, access.user);
  if (!saved.ok)
    return saved.kind === "missing"
      ? noSuchApplication()
      : refusal(saved.kind === "conflict" ? 409 : 400, problemText(saved.problems));
  const made = await findOwned(saved.id);
  return made ? answer(applicationOf(made, username), 201) : noSuchApplication();
}, troubled);
