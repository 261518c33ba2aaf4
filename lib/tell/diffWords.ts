/** What settings are called on the pages, by the end of their path in a definition. */
const words: Readonly<Record<string, string>> = {
  "limits connectTimeoutMs": "Connect timeout",
  "limits responseTimeoutMs": "Response timeout",
  "limits connectionLifetimeMs": "Connection lifetime",
  "limits idleTimeoutMs": "Idle timeout",
  "limits deadlineMs": "Deadline",
  "limits maxAttempts": "Most attempts for a request",
  "limits retryBudgetPercent": "Retry budget (%)",
  "limits retryBudgetMin": "Retries that are always allowed",
  "limits replayBytes": "Kept for another attempt (bytes)",
  "limits maxBodyBytes": "Largest request body (bytes)",
  "healthCheck enabled": "Check actively",
  "healthCheck kind": "How to check",
  "healthCheck path": "Path of the check",
  "healthCheck expected": "Expected statuses",
  "healthCheck intervalMs": "Interval of the check",
  "healthCheck timeoutMs": "Timeout of the check",
  "healthCheck unhealthyAfter": "Failures until out",
  "healthCheck healthyAfter": "Successes until back in",
  "retryOnStatus count": "Further tries on a status",
  "retryOnStatus statusCodes": "Statuses to try again on",
  failureStatuses: "Statuses that suspend an endpoint",
  "circuitBreakers maxConnections": "Most connections",
  "circuitBreakers maxRequests": "Most requests under way",
  "circuitBreakers maxPendingRequests": "Most waiting for a connection",
  "circuitBreakers maxRetries": "Most retries at once",
  slowStartMs: "Slow start",
  responseTimeoutMs: "Response timeout",
  "settings responseTimeoutMs": "Connection timeout",
  "settings action": "Connection timeout action",
  "settings suspension errorCodes": "Error codes that suspend",
  "settings suspension initialMs": "Initial Duration",
  "settings suspension maxMs": "Max Duration",
  "settings suspension factor": "Factor",
  "settings timeout errorCodes": "Error codes that time out",
  "settings timeout retriesBeforeSuspension": "Retries Before Suspension",
  "settings timeout retryDelayMs": "Retry Delay",
  "settings verifyTls": "Verify the certificate",
  "settings http2": "HTTP/2",
  "algorithm settings hash source": "Hash of",
  "algorithm settings hash header": "Header that is hashed",
  "session header": "Client ID header",
};

const LONGEST = 4;

/** A path as people know it: what it begins with (an endpoint's name), then the name of the setting. */
export function settingName(path: readonly string[]): string {
  for (let count = Math.min(LONGEST, path.length); count > 0; count--) {
    const word = words[path.slice(-count).join(" ")];
    if (word) return [...path.slice(0, -count), word].join(" ");
  }
  return path.join(" ");
}
