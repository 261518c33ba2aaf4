import type { Endpoint } from "#lib/endpoints";
import type { EndpointStatus } from "#lib/status";
import { endpointUrlKey } from "#lib/url";
import { type LiveReport, untold } from "../api/report";
import { count } from "../shared/count";
import type { Tone } from "../shared/StateMark";

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

export function liveWords(report: LiveReport, endpoint: Endpoint, now: number): LiveWords {
  if (report.live && !report.gateway) return { tone: "none", words: `Not known: ${untold(report.silence)}` };
  const status = statusOf(report, endpoint);
  return status ? stateWords(status, now) : { tone: "none", words: "Not deployed" };
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

function stateWords(status: EndpointStatus, now: number): LiveWords {
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

function remaining(until: string | null, now: number): string {
  if (!until) return "";
  const seconds = Math.ceil((Date.parse(until) - now) / 1000);
  return seconds > 0 ? ` for ${seconds} s` : ", tried with the next request";
}
