import type { Endpoint } from "#lib/edit/endpoints";
import { inShort } from "#lib/gateways";
import { endpointUrlKey } from "#lib/model/url";
import type { EndpointStatus } from "#lib/status";
import { type LiveReport, untold } from "../../frame/report";
import { count } from "../../shared/count";
import { agoWords } from "../../shared/durationWords";
import type { Tone } from "../../shared/StateMark";

export interface LiveWords {
  tone: Tone;
  words: string;
}

/** What the gateway tells of an endpoint of the form. One whose URL was changed is not the one that is deployed. */
export function statusOf({ live, gateway }: LiveReport, endpoint: Endpoint): EndpointStatus | undefined {
  const status = live && gateway?.api?.endpoints.find((e) => e.id === endpoint.id);
  if (!status || endpointUrlKey(status.url) !== endpointUrlKey(endpoint.url)) return undefined;
  return status;
}

/** Whether it gets no traffic because of its health. */
export const isDown = (state: EndpointStatus["state"] | undefined) =>
  state === "suspended" || state === "checkFailing";

/** `now` is null where the time is not told: on the server. */
export function liveWords(report: LiveReport, endpoint: Endpoint, now: number | null): LiveWords {
  if (report.live && !report.gateway) return { tone: "none", words: `Not known: ${untold(report.silence)}` };
  const status = statusOf(report, endpoint);
  if (!status) return { tone: "none", words: "Not deployed" };
  const { tone, words } = stateWords(status, now);
  return { tone, words: status.at.length > 0 ? `${words} (at ${inShort(status.at)})` : words };
}

/**
 * How much went there in the last minute, and how much of it in vain. A request that was tried again counts at each
 * endpoint.
 */
export function lastMinuteWords({ lastMinute, lastMinuteFailures }: EndpointStatus): string {
  const attempts = lastMinute === 1 ? "1 attempt" : `${count(lastMinute)} attempts`;
  return lastMinuteFailures > 0 ? `${attempts} (${count(lastMinuteFailures)} failed)` : attempts;
}

/** Of the last minute's answers; "–" without any. */
export function latencyWords(status: EndpointStatus | undefined): string {
  if (!status || status.p50 === null || status.p99 === null) return "–";
  return `${ms(status.p50)} / ${ms(status.p99)}`;
}

const ms = (value: number) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;

function stateWords(status: EndpointStatus, now: number | null): LiveWords {
  const because = status.lastError ? `: ${status.lastError.words}` : "";
  switch (status.state) {
    case "up":
      return { tone: "good", words: "Up" };
    case "notChecked":
      return { tone: "none", words: "Not checked" };
    case "failing":
      return { tone: "warn", words: `Failing${strikes(status)}${because}` };
    case "suspended":
      return { tone: "bad", words: `Suspended${remaining(status.until, now)}${because}` };
    case "halfOpen":
      return {
        tone: "warn",
        words: `Was down${ago(status.since, now)}, tried with the next request${because}`,
      };
    case "checkFailing":
      return { tone: "bad", words: `Health check fails${because}` };
    case "draining":
      return { tone: "warn", words: `Draining, ${status.inFlight} in flight` };
    case "off":
      return { tone: "none", words: "Off" };
  }
}

function strikes({ strikes }: EndpointStatus): string {
  return strikes ? ` ${strikes.count} of ${strikes.of}` : "";
}

function remaining(until: string | null, now: number | null): string {
  if (!until || now === null) return "";
  const seconds = Math.ceil((Date.parse(until) - now) / 1000);
  return seconds > 0 ? ` for ${seconds} s` : ", tried with the next request";
}

function ago(at: string | null, now: number | null): string {
  return at && now !== null ? ` ${agoWords(now - Date.parse(at))}` : "";
}

/** What another list met at the same host, for a list that has not asked since; "" without any. */
export function elsewhereWords(status: EndpointStatus, apiId: string, now: number | null): string {
  const { elsewhere } = status;
  if (!elsewhere || !newsTo.includes(status.state)) return "";
  const of = elsewhere.apiId === apiId ? "" : ` of ${elsewhere.name} ${elsewhere.version}`;
  const [keyType = "", ...operation] = elsewhere.list.split(" ");
  const sandbox = keyType === "sandbox" ? " (sandbox)" : "";
  const list = operation.length > 0 ? `the list of ${operation.join(" ")}${sandbox}` : `the ${keyType} list`;
  const when = ago(elsewhere.at, now);
  const because = elsewhere.words ? `: ${elsewhere.words}` : "";
  return `${elsewhereStates[elsewhere.state]} in ${list}${of}${when && `,${when}`}${because}`;
}

/** Somebody wants the others so, or a check tells all the time. */
const newsTo: readonly EndpointStatus["state"][] = ["up", "notChecked", "failing", "suspended", "halfOpen"];
const elsewhereStates = { down: "Down", halfOpen: "Was down", answers: "Answered" } as const;
