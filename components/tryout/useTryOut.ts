"use client";
import { useState } from "react";
import { mayTry, type Reach } from "#lib/access/trying";
import type { ApiDefinition, Resource } from "#lib/edit/api";
import type { KeyType } from "#lib/edit/endpoints";
import { useAnnounce } from "../shared/Announcer";
import { answerOf } from "../shared/actionResults";
import { useShowWrong } from "../shared/useShowWrong";
import { answererOf } from "./AnswerView";
import type { Answer, Send, Sending } from "./sending";

interface Options {
  id: string;
  definition: ApiDefinition;
  keyTypes: KeyType[];
  reach: Reach;
  onSend: Send;
}

export function useTryOut({ id, definition, keyTypes, reach, onSend }: Options) {
  const showWrong = useShowWrong();
  const { resources } = definition;
  const [chosen, setChosen] = useState("0");
  const [keyType, setKeyType] = useState<KeyType>(
    keyTypes.find((k) => mayTry(reach, k, "GET")) ?? keyTypes[0] ?? "production",
  );
  const [headers, setHeaders] = useState("");
  const [edited, setEdited] = useState({
    method: resources[0]?.method ?? ("GET" as string),
    path: resources[0] ? pathOf(resources[0]) : "/",
    body: "",
  });
  const { cookie, send: sendTimes, ...sending } = useSending({ id, onSend });
  const request: Sending = { ...edited, cookie, headers: linesOf(headers), keyType };
  const problems = { path: pathProblem(edited.path), headers: headersProblem(headers) };
  const change = (next: Partial<typeof edited>) => setEdited((old) => ({ ...old, ...next }));
  const choose = (index: string) => {
    setChosen(index);
    const resource = resources[Number(index)];
    if (resource) change({ method: resource.method, path: pathOf(resource) });
  };
  const send = async (count: number) => {
    if (sending.busy) return;
    const wrong = (["path", "headers"] as const).find((field) => problems[field] !== "");
    if (wrong) return showWrong(`try-out-${wrong}`);
    await sendTimes(request, count);
  };

  return {
    request,
    problems,
    change,
    chosen,
    choose,
    resource: resources[Number(chosen)] ?? null,
    keyType,
    setKeyType,
    headers,
    setHeaders,
    ...sending,
    send,
  };
}

export type TryOutState = ReturnType<typeof useTryOut>;

/** Sends a request as often as wanted, in one session if wanted, and keeps the answers. */
function useSending({ id, onSend }: Pick<Options, "id" | "onSend">) {
  const announce = useAnnounce();
  const [keep, setKeep] = useState(false);
  const [cookie, setCookie] = useState("");
  const [busy, setBusy] = useState<"send" | "row" | null>(null);
  const [failure, setFailure] = useState("");
  const [answers, setAnswers] = useState<Answer[]>([]);
  const [failures, setFailures] = useState(0);

  const send = async (request: Sending, count: number) => {
    setFailure("");
    setBusy(count === 1 ? "send" : "row");
    const got: Answer[] = [];
    let failed = 0;
    let session = request.cookie;
    for (let i = 0; i < count; i++) {
      const result = await answerOf(onSend(id, { ...request, cookie: keep ? session : "" }));
      if (result.ok) {
        got.push(result.answer);
        if (keep) session = cookieOf(result.answer) ?? session;
      } else {
        failed++;
        setFailure(result.message);
      }
    }
    setCookie(session);
    setAnswers(got);
    setFailures(failed);
    setBusy(null);
    const [only] = got;
    if (count > 1) announce(`${got.length} of ${count} requests were answered`);
    else if (only) announce(`${only.status} ${only.statusText}. ${answererOf(only)}`);
  };
  return { keep, setKeep, cookie, forget: () => setCookie(""), busy, failure, answers, failures, send };
}

/** What is called to begin with: what a wildcard stands for is left out. */
const pathOf = ({ path }: Resource) => path.replace(/\*$/, "");

function pathProblem(path: string): string {
  const open = /\{[^{}]*\}/.exec(path)?.[0];
  if (open) return `Write a value in place of ${open}.`;
  return /^\/[!"$-~]*$/.test(path)
    ? ""
    : "A path starts with / and has neither spaces nor #; write others as %20 and the like.";
}

function headersProblem(text: string): string {
  const lines = text.split("\n");
  const wrong = lines.findIndex(
    (line) => line.trim() !== "" && !/^\s*[!#$%&'*+.^_`|~0-9A-Za-z-]+\s*:/.test(line),
  );
  return wrong < 0 ? "" : `Line ${wrong + 1} is no header: write Name: value.`;
}

/** "Name: value" on each line; lines without a colon mean nothing yet. */
function linesOf(text: string): [string, string][] {
  return text.split("\n").flatMap((line): [string, string][] => {
    const colon = line.indexOf(":");
    return colon > 0 ? [[line.slice(0, colon).trim(), line.slice(colon + 1).trim()]] : [];
  });
}

/** The cookies that an answer sets, as the next request sends them. */
function cookieOf({ headers }: Answer): string | undefined {
  const set = headers.filter(([name]) => name.toLowerCase() === "set-cookie");
  return set.length > 0 ? set.map(([, value]) => value.split(";", 1)[0]).join("; ") : undefined;
}
