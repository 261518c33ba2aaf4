"use client";
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import { warnings, weightsMatter } from "#lib/api";
import {
  addEndpoint,
  duplicateEndpoint,
  type EndpointGroup,
  editEndpoint,
  type KeyType,
  moveEndpoint,
  newEndpoint,
  removeEndpoint,
} from "#lib/endpoints";
import { endpointLabel } from "#lib/url";
import type { ProblemAt } from "../editor/problems";
import type { EditGroups } from "../editor/useEditor";
import { useAnnounce } from "../shared/Announcer";
import { SoftButton } from "../shared/SoftButton";
import { AddEndpoint } from "./AddEndpoint";
import { EndpointRow } from "./EndpointRow";
import { rowFieldId, titles, topFieldId } from "./fieldIds";
import { NextRequests } from "./NextRequests";
import { newEndpointId } from "./newId";
import { SharePlot } from "./SharePlot";
import { shareTexts } from "./shares";
import type { Checks } from "./useChecks";

interface Props {
  keyType: KeyType;
  /** As it takes effect: with production's policy where the sandbox follows it. */
  group: EndpointGroup;
  edit: EditGroups;
  pause: () => void;
  onRemoved: (name: string) => void;
  problemAt: ProblemAt;
  insist: boolean;
  checks: Checks;
  /** Opens the settings of one endpoint. */
  onConfigure: (keyType: KeyType, id: string) => void;
}

const addSuffix = { single: "", loadBalanced: "-load_balance", failover: "-failover" };

export function EndpointList({
  keyType,
  group,
  edit,
  pause,
  onRemoved,
  problemAt,
  insist,
  checks,
  onConfigure,
}: Props) {
  const announce = useAnnounce();
  const focusNext = useRef<string | null>(null);
  const { endpoints, routing } = group;
  const count = endpoints.length;
  // A question and no edit: it is not saved, and gone when the page is left.
  const [down, setDown] = useState<ReadonlySet<string>>(new Set());
  const shares = useMemo(() => shareTexts(group, down), [group, down]);
  const isPlural = routing !== "single" && count > 1;
  const warned = useMemo(() => new Map(warnings(group).map((w) => [w.id, w.message])), [group]);
  const addId = topFieldId(keyType) + addSuffix[routing];
  const fieldId = (id: string, field: string) => rowFieldId(keyType, id, field);

  // A moved row is another place in the document, which takes the focus away from its button.
  useLayoutEffect(() => {
    if (focusNext.current) document.getElementById(focusNext.current)?.focus();
    focusNext.current = null;
  });

  const editGroup = (change: (g: EndpointGroup) => EndpointGroup, key?: string) =>
    edit((groups) => ({ ...groups, [keyType]: change(groups[keyType]) }), key);

  const move = (id: string, url: string, to: number, button: string) => {
    focusNext.current = fieldId(id, button);
    editGroup((g) => moveEndpoint(g, id, to));
    announce(`${endpointLabel(url)} moved to position ${to + 1} of ${count}`);
  };
  const remove = (id: string, url: string, index: number) => {
    const next = endpoints[index + 1] ?? endpoints[index - 1];
    focusNext.current = next ? fieldId(next.id, "bin") : addId;
    editGroup((g) => removeEndpoint(g, id));
    onRemoved(endpointLabel(url));
  };
  const add = (url: string) => {
    const endpoint = newEndpoint(newEndpointId(), url);
    editGroup((g) => addEndpoint(g, endpoint));
    announce(`${endpointLabel(url)} added at position ${count + 1}`);
  };
  const checkAll = () => {
    for (const e of endpoints) if (e.url.trim()) void checks.check(e);
  };

  return (
    <Box component="section" aria-labelledby={`${keyType}-list-head`} sx={{ mt: 2 }}>
      <Box sx={{ display: "flex", alignItems: "center", justifyContent: "space-between", gap: 1 }}>
        <Typography variant="h3" component="h4" id={`${keyType}-list-head`}>
          {titles[keyType]} Endpoints
        </Typography>
        {count > 0 && (
          <SoftButton size="small" onClick={checkAll} aria-label={`Check all ${keyType} endpoints`}>
            Check all
          </SoftButton>
        )}
      </Box>
      {isPlural && <SharePlot group={group} out={down} />}
      {isPlural && <NextRequests group={group} out={down} />}
      <Box
        component="ol"
        aria-labelledby={`${keyType}-list-head`}
        sx={{ listStyle: "none", m: 0, p: 0, mb: 1.5 }}
      >
        {endpoints.map((endpoint, index) => (
          <EndpointRow
            key={endpoint.id}
            endpoint={endpoint}
            position={index + 1}
            count={count}
            routing={routing}
            weightUsed={weightsMatter(group)}
            share={shares?.get(endpoint.id) ?? null}
            down={isPlural ? down.has(endpoint.id) : null}
            onDown={(isDown) =>
              setDown((ids) => {
                const next = new Set(ids);
                if (isDown) next.add(endpoint.id);
                else next.delete(endpoint.id);
                return next;
              })
            }
            warning={warned.get(endpoint.id)}
            problems={{
              url: problemAt("endpoints", keyType, "endpoints", index, "url"),
              weight: problemAt("endpoints", keyType, "endpoints", index, "weight"),
            }}
            insist={insist}
            check={checks.checks[endpoint.id]}
            fieldId={(field) => fieldId(endpoint.id, field)}
            onEdit={(change, field) =>
              editGroup((g) => editEndpoint(g, endpoint.id, change), `${endpoint.id}-${field}`)
            }
            onLeave={pause}
            onCheck={() => void checks.check(endpoint)}
            onMove={(by) => move(endpoint.id, endpoint.url, index + by, by < 0 ? "up" : "down")}
            onConfigure={() => onConfigure(keyType, endpoint.id)}
            onDuplicate={() => {
              const copyId = newEndpointId();
              editGroup((g) => duplicateEndpoint(g, endpoint.id, copyId));
              announce(`${endpointLabel(endpoint.url)} duplicated to position ${index + 2}`);
            }}
            onRemove={() => remove(endpoint.id, endpoint.url, index)}
          />
        ))}
      </Box>
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
