"use client";
import type { Limits } from "#lib/edit/api";
import type { EndpointGroup, GroupPolicy, KeyType } from "#lib/edit/endpoints";
import { FieldGroup } from "../../editor/FieldGroup";
import { NumberField } from "../../editor/NumberField";
import type { ProblemAt } from "../../editor/problems";
import { titles } from "../fieldIds";
import { StatusListField } from "./StatusListField";

interface Props {
  keyType: KeyType;
  separate: boolean;
  group: EndpointGroup;
  onEdit: (policy: GroupPolicy, key: string) => void;
  /** The limits of the API, where they can be changed. */
  limits?: Limits;
  onEditLimits?: (change: Partial<Limits>, key: string) => void;
  onLeave: () => void;
  problemAt: ProblemAt;
}

const breakers: { key: keyof EndpointGroup["circuitBreakers"]; label: string }[] = [
  { key: "maxConnections", label: "Most connections" },
  { key: "maxRequests", label: "Most requests under way" },
  { key: "maxPendingRequests", label: "Most waiting for a connection" },
  { key: "maxRetries", label: "Most retries at once" },
];

export function RetryFields(props: Props) {
  const { keyType, limits, onEditLimits, onLeave, problemAt } = props;
  return (
    <>
      <FieldGroup
        title={`${whichOf(props)}Retries`}
        text="When an attempt fails, another endpoint may be tried."
      >
        {keyType === "production" && limits && onEditLimits && (
          <AttemptFields limits={limits} onEdit={onEditLimits} onLeave={onLeave} problemAt={problemAt} />
        )}
        <StatusFields {...props} />
      </FieldGroup>
      <BreakerFields {...props} />
    </>
  );
}

const whichOf = ({ keyType, separate }: Props) => (separate ? `${titles[keyType]}: ` : "");

interface AttemptProps extends Pick<Props, "onLeave" | "problemAt"> {
  limits: Limits;
  onEdit: (change: Partial<Limits>, key: string) => void;
}

function AttemptFields({ limits, onEdit, onLeave, problemAt }: AttemptProps) {
  return (
    <>
      <NumberField
        id="limits-maxAttempts"
        label="Most attempts for a request"
        value={limits.maxAttempts}
        problem={problemAt("limits", "maxAttempts")}
        onChange={(value) => onEdit({ maxAttempts: value ?? Number.NaN }, "maxAttempts")}
        onLeave={onLeave}
      />
      <NumberField
        id="limits-retryBudgetPercent"
        label="Retry budget (% of requests under way)"
        helper={`At least ${limits.retryBudgetMin} at once are always allowed.`}
        decimals
        value={limits.retryBudgetPercent}
        problem={problemAt("limits", "retryBudgetPercent")}
        onChange={(value) => onEdit({ retryBudgetPercent: value ?? Number.NaN }, "retryBudgetPercent")}
        onLeave={onLeave}
      />
    </>
  );
}

function StatusFields({ keyType, group, onEdit, onLeave, problemAt }: Props) {
  const { retryOnStatus } = group;
  const at = (...path: (string | number)[]) => problemAt("endpoints", keyType, ...path);
  const inList = (list: number[], ...path: string[]) =>
    at(...path) ?? list.map((_, i) => at(...path, i)).find((message) => message !== undefined);
  return (
    <>
      <NumberField
        id={`${keyType}-retryOnStatus-count`}
        label="Further tries on a status"
        helper={
          retryOnStatus.count > 0 && retryOnStatus.statusCodes.length === 0
            ? "Not in use yet: name the statuses beside it."
            : "0 passes every answer through."
        }
        value={retryOnStatus.count}
        problem={at("retryOnStatus", "count")}
        onChange={(value) =>
          onEdit({ retryOnStatus: { ...retryOnStatus, count: value ?? Number.NaN } }, "retryOnStatus-count")
        }
        onLeave={onLeave}
      />
      <StatusListField
        id={`${keyType}-retryOnStatus-statusCodes`}
        label="Statuses to try again on"
        helper={statusesHelper(retryOnStatus)}
        value={retryOnStatus.statusCodes}
        problem={inList(retryOnStatus.statusCodes, "retryOnStatus", "statusCodes")}
        onChange={(statusCodes) =>
          onEdit({ retryOnStatus: { ...retryOnStatus, statusCodes } }, "retryOnStatus-codes")
        }
        onLeave={onLeave}
      />
      <StatusListField
        id={`${keyType}-failureStatuses`}
        label="Statuses that suspend an endpoint"
        value={group.failureStatuses}
        problem={inList(group.failureStatuses, "failureStatuses")}
        onChange={(failureStatuses) => onEdit({ failureStatuses }, "failureStatuses")}
        onLeave={onLeave}
      />
    </>
  );
}

function BreakerFields(props: Props) {
  const { keyType, group, onEdit, onLeave, problemAt } = props;
  const { circuitBreakers } = group;
  return (
    <FieldGroup
      title={`${whichOf(props)}Circuit breakers`}
      text="Beyond these, requests get 503 at once and retries are not made."
    >
      {breakers.map(({ key, label }) => (
        <NumberField
          key={key}
          id={`${keyType}-circuitBreakers-${key}`}
          label={label}
          fallback="no limit"
          value={circuitBreakers[key]}
          problem={problemAt("endpoints", keyType, "circuitBreakers", key)}
          onChange={(value) =>
            onEdit({ circuitBreakers: { ...circuitBreakers, [key]: value } }, `breaker-${key}`)
          }
          onLeave={onLeave}
        />
      ))}
    </FieldGroup>
  );
}

function statusesHelper({ count, statusCodes }: EndpointGroup["retryOnStatus"]): string | undefined {
  if (count === 0 && statusCodes.length > 0) return "Not in use while the further tries are 0.";
  return statusCodes.some((status) => status < 300)
    ? "A success (below 300) is never tried again."
    : undefined;
}
