/**
 * How one attempt at one endpoint ended. Cause and phase are kept apart (docs/rules/gateway.md section 5): the
 * cause decides suspension, the phase decides whether another endpoint may be tried.
 */

export type FailureCause =
  | "refused"
  | "dns"
  | "unreachable"
  | "tls"
  | "connectTimeout"
  | "responseTimeout"
  | "closed"
  | "protocol";

export type Outcome =
  | { kind: "response"; status: number }
  | {
      kind: "failure";
      cause: FailureCause;
      /** A request byte may have reached the endpoint. */
      written: boolean;
      /** The response head had been passed on to the caller. */
      answered: boolean;
      /** A kept-alive connection that the endpoint closed as the request was sent: not the endpoint's fault. */
      stale: boolean;
      /** More about the cause, as in "TLS: its certificate has expired"; absent when the cause says it all. */
      words?: string | undefined;
    }
  | { kind: "clientGone" }
  /** No connection could be opened because this process has no free descriptor: nobody outside is to blame. */
  | { kind: "noDescriptors" };

export type Failure = Extract<Outcome, { kind: "failure" }>;

interface CauseInfo {
  /** WSO2's error code, for display and for settings that list codes. */
  code: string;
  /** Plain name, shown where a person chooses error classes. */
  label: string;
  /** What the gateway answers when no other endpoint could help. */
  status: 502 | 504;
  message: string;
  description: string;
  /** As a state in words: "Suspended for 12 s: connection refused". */
  words: string;
  /**
   * Whom it tells something about: the endpoint, for whoever asks it; or one exchange, whose request may be what no
   * endpoint can answer.
   */
  about: "endpoint" | "exchange";
}

const connectFailed = {
  code: "101503",
  label: "Connection failed",
  status: 502,
  message: "Connection failed",
  description: "The gateway could not connect to the backend.",
  about: "endpoint",
} as const;

/** The table of docs/rules/gateway.md section 7. */
export const causes: Readonly<Record<FailureCause, CauseInfo>> = {
  refused: { ...connectFailed, words: "connection refused" },
  dns: { ...connectFailed, words: "unknown host" },
  unreachable: { ...connectFailed, words: "host unreachable" },
  tls: { ...connectFailed, words: "TLS handshake failed" },
  connectTimeout: {
    code: "101508",
    label: "Connection timed out",
    status: 504,
    message: "Connection timed out",
    description: "The backend did not accept a connection in time.",
    words: "connection timed out",
    about: "endpoint",
  },
  responseTimeout: {
    code: "101504",
    label: "Response timed out",
    status: 504,
    message: "Response timed out",
    description: "The backend did not answer in time.",
    words: "no response in time",
    about: "exchange",
  },
  closed: {
    code: "101505",
    label: "Connection closed",
    status: 502,
    message: "Connection closed",
    description: "The backend closed the connection before it answered.",
    words: "connection closed",
    about: "exchange",
  },
  protocol: {
    code: "101506",
    label: "Protocol violation",
    status: 502,
    message: "Invalid response",
    description: "The backend's answer was not valid HTTP.",
    words: "invalid HTTP response",
    about: "exchange",
  },
};

/** What an attempt came to, as a clause: "answered 200", "connection refused". */
export function outcomeWords(outcome: Outcome): string {
  switch (outcome.kind) {
    case "response":
      return `answered ${outcome.status}`;
    case "failure":
      if (outcome.words !== undefined) return outcome.words;
      if (outcome.answered && outcome.cause === "responseTimeout") return "no more of the answer in time";
      return causes[outcome.cause].words;
    case "clientGone":
      return "the caller left";
    case "noDescriptors":
      return "not asked: the gateway has no free descriptors";
  }
}

/** Error classes that a person can choose: WSO2's code and a plain name. */
export const errorClasses: readonly { code: string; label: string }[] = [
  ...new Map(Object.values(causes).map(({ code, label }) => [code, { code, label }])).values(),
];

/** Codes of the classes that mark for suspension first ("timeout" state) unless a list says otherwise. */
export const defaultTimeoutCodes: readonly string[] = ["101504", "101505"];
