"use client";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";
import { useDeferredValue, useLayoutEffect, useMemo, useRef, useState } from "react";
import { weightsMatter } from "#lib/edit/api";
import {
  addEndpoint,
  duplicateEndpoint,
  type Endpoint,
  type EndpointGroup,
  editEndpoint,
  type KeyType,
  moveEndpoint,
  newEndpoint,
  removeEndpoint,
} from "#lib/edit/endpoints";
import { endpointLabel } from "#lib/model/url";
import type { CheckResult } from "#lib/status";
import { warnings } from "#lib/tell/warnings";
import type { ProblemAt } from "../../editor/problems";
import type { Removed } from "../../editor/UndoSnackbar";
import type { EditGroups } from "../../editor/useEditor";
import { useLive } from "../../frame/LiveContext";
import { useAnnounce } from "../../shared/Announcer";
import { useReadOnly } from "../../shared/ReadOnly";
import { SoftButton } from "../../shared/SoftButton";
import { useMedia } from "../../shared/useMedia";
import { useSteady } from "../../shared/useSteady";
import { rowFieldId, titles, topFieldId } from "../fieldIds";
import { newEndpointId } from "../newId";
import { NextRequests } from "../preview/NextRequests";
import { hasWeights, percent, planOf, withOperators } from "../preview/plan";
import { SharePlot } from "../preview/SharePlot";
import { AddEndpoint } from "./AddEndpoint";
import { EndpointRow, type RowActions } from "./EndpointRow";
import { FINGERS } from "./rowStyles";
import { type Checks, wasChecked } from "./useChecks";
import { useRowDrag } from "./useRowDrag";

interface Props {
  keyType: KeyType;
  /** As it takes effect: with production's policy where the sandbox follows it. */
  group: EndpointGroup;
  edit: EditGroups;
  pause: () => void;
  onRemoved: (removed: Removed) => void;
  problemAt: ProblemAt;
  insist: boolean;
  checks: Checks;
  /** Opens the settings of one endpoint. */
  onConfigure: (keyType: KeyType, id: string) => void;
}

const addSuffix = { single: "", loadBalanced: "-load_balance", failover: "-failover" };

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

const sameEndpoints = (a: EndpointGroup, b: EndpointGroup) =>
  a.routing === b.routing &&
  a.endpoints.length === b.endpoints.length &&
  a.endpoints.every(({ id }, i) => id === b.endpoints[i]!.id);

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
  const readOnly = useReadOnly() !== "";
  const fingers = useMedia(FINGERS);
  const focusNext = useRef<string | null>(null);
  const listRef = useRef<HTMLElement>(null);
  const { endpoints, routing } = group;
  const count = endpoints.length;
  // A question and no edit: it is not saved, and gone when the page is left.
  const [supposed, setSupposed] = useState<ReadonlySet<string>>(new Set());
  // The picture may come a moment after what is typed.
  const { switches } = useLive().report;
  const switched = useMemo(() => withOperators(group, switches), [group, switches]);
  const latest = useDeferredValue(switched);
  // While a weight is typed it is no number: what stands above it must not go away under the fingers.
  const [whole, setWhole] = useState(latest);
  const legible = latest.routing !== "loadBalanced" || hasWeights(latest);
  if (legible && whole !== latest) setWhole(latest);
  const seen = !legible && sameEndpoints(whole, latest) ? whole : latest;
  const down = useMemo(
    () => new Set(seen.endpoints.flatMap(({ id }) => (supposed.has(id) ? [id] : []))),
    [seen, supposed],
  );
  const [checked, setChecked] = useState({ urls: "", words: "" });
  const isPlural = routing !== "single" && count > 1;
  const plan = useMemo(() => planOf(seen, down), [seen, down]);
  const warned = useMemo(() => {
    const messages = new Map<string, string>();
    for (const { id, message } of warnings(group))
      messages.set(id, [messages.get(id), message].filter(Boolean).join(" "));
    return messages;
  }, [group]);
  const addId = topFieldId(keyType) + addSuffix[routing];
  const fieldId = (id: string, field: string) => rowFieldId(keyType, id, field);

  // A moved row is another place in the document, which takes the focus away from its button.
  useLayoutEffect(() => {
    if (focusNext.current) document.getElementById(focusNext.current)?.focus();
    focusNext.current = null;
  });

  const editGroup = (change: (g: EndpointGroup) => EndpointGroup, key?: string) =>
    edit((groups) => ({ ...groups, [keyType]: change(groups[keyType]) }), key);
  const find = (id: string) => endpoints.find((e) => e.id === id);
  const labelOf = (id: string) => endpointLabel(find(id)?.url ?? "");

  const actions = useSteady<RowActions>({
    edit: (id, change, field) => editGroup((g) => editEndpoint(g, id, change), `${id}-${field}`),
    leave: pause,
    check: (id) => {
      const endpoint = find(id);
      if (endpoint) void checks.check(endpoint);
    },
    move: (id, to, button) => {
      focusNext.current = fieldId(id, button);
      editGroup((g) => moveEndpoint(g, id, to));
      announce(`${labelOf(id)} moved to position ${to + 1} of ${count}`);
    },
    configure: (id) => onConfigure(keyType, id),
    duplicate: (id) => {
      const copyId = newEndpointId();
      editGroup((g) => duplicateEndpoint(g, id, copyId));
      announce(`${labelOf(id)} duplicated to position ${endpoints.findIndex((e) => e.id === id) + 2}`);
    },
    remove: (id) => {
      const index = endpoints.findIndex((e) => e.id === id);
      const next = endpoints[index + 1] ?? endpoints[index - 1];
      focusNext.current = next ? fieldId(next.id, "bin") : addId;
      editGroup((g) => removeEndpoint(g, id));
      onRemoved({ name: labelOf(id), focus: fieldId(id, "bin") });
    },
    suppose: (id, isDown) => {
      const next = new Set(supposed);
      if (isDown) next.add(id);
      else next.delete(id);
      setSupposed(next);
      // Other routings say it in a sentence, which is announced by itself.
      const { shares } = planOf(switched, next);
      if (shares && routing === "loadBalanced") {
        const parts = endpoints.map((e) => `${endpointLabel(e.url)} ${percent(shares.get(e.id) ?? 0)}`);
        announce(`Planned${next.size > 0 ? ", if so" : ""}: ${parts.join(", ")}`);
      }
    },
  });
  const { wake, dragged, drop } = useRowDrag({
    list: listRef,
    ids: endpoints.map((e) => e.id),
    allowed: !readOnly,
    onDrop: (id, to) => actions.move(id, to, "drag"),
  });
  const add = (url: string) => {
    const endpoint = newEndpoint(newEndpointId(), url);
    editGroup((g) => addEndpoint(g, endpoint));
    const warning = warnings(addEndpoint(group, endpoint)).find((w) => w.id === endpoint.id);
    announce(
      [`${endpointLabel(url)} added at position ${count + 1}`, warning?.message].filter(Boolean).join(". "),
    );
  };
  const urls = endpoints.map((e) => e.url.trim()).join(" ");
  const checkAll = async () => {
    const checkable = endpoints.filter((e) => e.url.trim());
    const results = await Promise.all(checkable.map((e) => checks.check(e)));
    setChecked({ urls, words: allWords(checkable, results) });
  };

  return (
    <Box component="section" aria-labelledby={`${keyType}-list-head`} sx={{ mt: 2 }}>
      <Box sx={{ display: "flex", alignItems: "center", justifyContent: "space-between", gap: 1 }}>
        <Typography variant="h3" component="h4" id={`${keyType}-list-head`}>
          {titles[keyType]} Endpoints
        </Typography>
        <Box sx={{ display: "flex", gap: 1 }}>
          {down.size > 0 && (
            <Button
              size="small"
              aria-label={`All up again: ${keyType} endpoints`}
              onClick={() => {
                setSupposed(new Set());
                announce("No endpoint is taken to be down any more");
                document.getElementById(`${keyType}-check-all`)?.focus();
              }}
            >
              All up again
            </Button>
          )}
          {count > 0 && (
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
      {isPlural && checked.urls === urls && (
        <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: "anywhere" }}>
          {checked.words}
        </Typography>
      )}
      {isPlural && <SharePlot group={seen} plan={plan} supposed={down.size > 0} />}
      {isPlural && <NextRequests group={seen} out={down} />}
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
            count={count}
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
