"use client";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";
import { useMemo, useRef, useState } from "react";
import { weightsMatter } from "#lib/edit/api";
import type { Endpoint, EndpointGroup, KeyType } from "#lib/edit/endpoints";
import { endpointLabel } from "#lib/model/url";
import type { CheckResult } from "#lib/status";
import { warnings } from "#lib/tell/warnings";
import type { ProblemAt } from "../../editor/problems";
import { useReadOnly } from "../../shared/ReadOnly";
import { SoftButton } from "../../shared/SoftButton";
import { useMedia } from "../../shared/useMedia";
import { titles, topFieldId } from "../fieldIds";
import { NextRequests } from "../preview/NextRequests";
import { percent } from "../preview/plan";
import { SharePlot } from "../preview/SharePlot";
import { AddEndpoint } from "./AddEndpoint";
import { EndpointRow } from "./EndpointRow";
import type { RowActions } from "./rowProps";
import { FINGERS } from "./rowStyles";
import { type Checks, wasChecked } from "./useChecks";
import { type Planned, usePlanned } from "./usePlanned";
import { type ListProps, useRowActions } from "./useRowActions";
import { useRowDrag } from "./useRowDrag";

interface Props extends ListProps {
  problemAt: ProblemAt;
  insist: boolean;
}

const addSuffix = { single: "", loadBalanced: "-load_balance", failover: "-failover" };

export function EndpointList(props: Props) {
  const { keyType, group, checks } = props;
  const { endpoints, routing } = group;
  const count = endpoints.length;
  const planned = usePlanned(group);
  const { isPlural, seen, plan, down, suppose } = planned;
  const addId = topFieldId(keyType) + addSuffix[routing];
  const { actions, add } = useRowActions({ ...props, addId, suppose });
  return (
    <Box component="section" aria-labelledby={`${keyType}-list-head`} sx={{ mt: 2 }}>
      <ListHead keyType={keyType} endpoints={endpoints} checks={checks} planned={planned} />
      {isPlural && <SharePlot group={seen} plan={plan} supposed={down.size > 0} />}
      {isPlural && <NextRequests group={seen} out={down} />}
      <Rows {...props} planned={planned} actions={actions} />
      {routing !== "single" && (
        <AddEndpoint key={addId} id={addId} title={titles[keyType]} count={count} onAdd={add} />
      )}
      {routing === "loadBalanced" && !weightsMatter(group) && count > 0 && (
        <Typography variant="caption" color="textSecondary" component="p" sx={{ mt: 1 }}>
          This algorithm does not use the weights; they are kept for one that does.
        </Typography>
      )}
    </Box>
  );
}

interface HeadProps {
  keyType: KeyType;
  endpoints: Endpoint[];
  checks: Checks;
  planned: Planned;
}

/** Its title, what is done with all of its endpoints, and what a check of all has found. */
function ListHead({ keyType, endpoints, checks, planned }: HeadProps) {
  const [checked, setChecked] = useState({ urls: "", words: "" });
  const urls = endpoints.map((e) => e.url.trim()).join(" ");
  const checkAll = async () => {
    const checkable = endpoints.filter((e) => e.url.trim());
    const results = await Promise.all(checkable.map((e) => checks.check(e)));
    setChecked({ urls, words: allWords(checkable, results) });
  };
  const allUp = () => {
    planned.supposeAllUp();
    document.getElementById(`${keyType}-check-all`)?.focus();
  };
  return (
    <>
      <Box sx={{ display: "flex", alignItems: "center", justifyContent: "space-between", gap: 1 }}>
        <Typography variant="h3" component="h4" id={`${keyType}-list-head`}>
          {titles[keyType]} Endpoints
        </Typography>
        <Box sx={{ display: "flex", gap: 1 }}>
          {planned.down.size > 0 && (
            <Button size="small" aria-label={`All up again: ${keyType} endpoints`} onClick={allUp}>
              All up again
            </Button>
          )}
          {endpoints.length > 0 && (
            <SoftButton
              id={`${keyType}-check-all`}
              size="small"
              onClick={() => void checkAll()}
              aria-label={`Check all ${keyType} endpoints`}
            >
              Check all
            </SoftButton>
          )}
        </Box>
      </Box>
      {planned.isPlural && checked.urls === urls && (
        <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: "anywhere" }}>
          {checked.words}
        </Typography>
      )}
    </>
  );
}

/** What became of a check of all, for those who do not see all rows at once. */
function allWords(endpoints: readonly Endpoint[], results: readonly CheckResult[]): string {
  const down = endpoints.filter((_, i) => results[i]!.state === "down").map(({ url }) => endpointLabel(url));
  const known = results.filter(wasChecked).length;
  const unknown = results.length - known;
  return [
    `Your check: ${known - down.length} of ${results.length} answered.`,
    down.length > 0 && `No answer: ${down.join(", ")}.`,
    unknown > 0 && `Not checked: ${unknown}.`,
  ]
    .filter(Boolean)
    .join(" ");
}

type RowsProps = Props & { planned: Planned; actions: RowActions };

function Rows({ keyType, group, planned, problemAt, insist, checks, actions }: RowsProps) {
  const { endpoints, routing } = group;
  const fingers = useMedia(FINGERS);
  const readOnly = useReadOnly() !== "";
  const warned = useWarnings(group);
  const listRef = useRef<HTMLElement>(null);
  const { wake, dragged, drop } = useRowDrag({
    list: listRef,
    ids: endpoints.map((e) => e.id),
    allowed: !readOnly,
    onDrop: (id, to) => actions.move(id, to, "drag"),
  });
  const { isPlural, plan, supposed } = planned;
  return (
    <Box
      component="ol"
      ref={listRef}
      aria-labelledby={`${keyType}-list-head`}
      sx={{ listStyle: "none", m: 0, p: 0, mb: 1.5 }}
      onPointerOver={wake}
    >
      {endpoints.map((endpoint, index) => (
        <EndpointRow
          key={endpoint.id}
          keyType={keyType}
          endpoint={endpoint}
          position={index + 1}
          count={endpoints.length}
          routing={routing}
          weightUsed={weightsMatter(group)}
          share={plan.shares ? percent(plan.shares.get(endpoint.id) ?? 0) : null}
          down={isPlural ? supposed.has(endpoint.id) : null}
          warning={warned.get(endpoint.id)}
          twin={endpoints.some((e) => e !== endpoint && e.url.trim() === endpoint.url.trim())}
          fingers={fingers}
          urlProblem={problemAt("endpoints", keyType, "endpoints", index, "url")}
          weightProblem={problemAt("endpoints", keyType, "endpoints", index, "weight")}
          insist={insist}
          check={checks.checks[endpoint.id]}
          drop={drop?.id === endpoint.id ? drop.side : null}
          dragged={dragged === endpoint.id}
          actions={actions}
        />
      ))}
    </Box>
  );
}

/** Of each endpoint that there are some for, in one text. */
function useWarnings(group: EndpointGroup): ReadonlyMap<string, string> {
  return useMemo(() => {
    const messages = new Map<string, string>();
    for (const { id, message } of warnings(group))
      messages.set(id, [messages.get(id), message].filter(Boolean).join(" "));
    return messages;
  }, [group]);
}
