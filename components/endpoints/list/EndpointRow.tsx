"use client";
import DownIcon from "@mui/icons-material/ArrowDownward";
import UpIcon from "@mui/icons-material/ArrowUpward";
import BinIcon from "@mui/icons-material/DeleteOutlined";
import DragIcon from "@mui/icons-material/DragIndicator";
import CheckIcon from "@mui/icons-material/NetworkCheckOutlined";
import CogIcon from "@mui/icons-material/SettingsOutlined";
import Box from "@mui/material/Box";
import FormControlLabel from "@mui/material/FormControlLabel";
import Switch from "@mui/material/Switch";
import Typography from "@mui/material/Typography";
import { type KeyboardEvent, memo } from "react";
import type { Endpoint, KeyType, Routing } from "#lib/edit/endpoints";
import { SoftIconButton } from "../../shared/SoftButton";
import { StateMark } from "../../shared/StateMark";
import { visuallyHidden } from "../../shared/visuallyHidden";
import { rowFieldId } from "../fieldIds";
import { swatch } from "../preview/swatch";
import { CheckWords } from "./CheckWords";
import { EndpointWarnings } from "./EndpointWarnings";
import { RowLive } from "./RowLive";
import { RowMenu } from "./RowMenu";
import { rowStyles as styles } from "./rowStyles";
import { UrlField } from "./UrlField";
import type { Check } from "./useChecks";
import { WeightField, weightProblemId } from "./WeightField";

export interface RowActions {
  edit: (id: string, change: Partial<Endpoint>, field: string) => void;
  /** A field was left: what is typed next is another step of Undo. */
  leave: () => void;
  check: (id: string) => void;
  /** To a place counted from 0; `button` keeps the focus. */
  move: (id: string, to: number, button: string) => void;
  configure: (id: string) => void;
  duplicate: (id: string) => void;
  remove: (id: string) => void;
  /** "If this one is down": a question, and no edit. */
  suppose: (id: string, down: boolean) => void;
}

export interface RowProps {
  keyType: KeyType;
  endpoint: Endpoint;
  position: number;
  count: number;
  routing: Routing;
  weightUsed: boolean;
  share: string | null;
  /** Taken to be down; null where there is no other. */
  down: boolean | null;
  warning: string | undefined;
  /** Another one of the list has the same URL. */
  twin: boolean;
  /** There is no handle to drag the row by. Else that is for keys as well: one stop of Tab for two buttons. */
  fingers: boolean;
  urlProblem: string | undefined;
  weightProblem: string | undefined;
  insist: boolean;
  check: Check | undefined;
  /** Where a row that is being dragged would come to lie. */
  drop: "before" | "after" | null;
  dragged: boolean;
  actions: RowActions;
}

/** Renders again only when something of its own changes: a list may have a hundred. */
export const EndpointRow = memo(function EndpointRow(props: RowProps) {
  const { keyType, endpoint, position, count, routing, actions } = props;
  const { id } = endpoint;
  const name = endpoint.url.trim() || `endpoint ${position}`;
  // Both lists may have the same URLs.
  const called = [name, props.twin && `number ${position}`, keyType === "sandbox" && "(sandbox)"]
    .filter(Boolean)
    .join(" ");
  const unused = routing === "single" && position > 1;
  const fieldId = (field: string) => rowFieldId(keyType, id, field);
  const onEdit = (change: Partial<Endpoint>, field: string) => actions.edit(id, change, field);
  const onLeave = actions.leave;
  const moveByKey = (event: KeyboardEvent) => {
    const to = { ArrowUp: position - 2, ArrowDown: position, Home: 0, End: count - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    if (to >= 0 && to < count && to !== position - 1) actions.move(id, to, "drag");
  };
  return (
    <Box
      component="li"
      aria-label={name}
      data-id={id}
      data-drop={props.drop ?? undefined}
      data-dragged={props.dragged || undefined}
      sx={styles.row}
    >
      <Typography component="span" variant="body2" sx={styles.position} data-routing={routing}>
        {position}
        {routing === "failover" && position === 1 && <small> Primary</small>}
        {routing === "loadBalanced" && count > 1 && <i aria-hidden style={swatch(position - 1)} />}
      </Typography>
      <Box sx={styles.url}>
        <UrlField
          id={fieldId("url")}
          label={`URL of endpoint ${position}${keyType === "sandbox" ? " (sandbox)" : ""}`}
          hideLabel
          value={endpoint.url}
          problem={props.urlProblem}
          insist={props.insist}
          onChange={(url) => onEdit({ url }, "url")}
          onLeave={() => {
            if (endpoint.url !== endpoint.url.trim()) onEdit({ url: endpoint.url.trim() }, "url");
            onLeave();
          }}
        />
      </Box>
      {routing === "loadBalanced" && (
        <Box sx={styles.weight}>
          <Typography component="span" variant="caption" color="textSecondary" aria-hidden>
            Weight
          </Typography>
          <Box sx={{ width: 72 }}>
            <WeightField
              id={fieldId("weight")}
              label={`Weight of ${called}`}
              value={endpoint.weight}
              problem={props.weightProblem}
              disabled={!props.weightUsed}
              onChange={(weight) => onEdit({ weight }, "weight")}
              onLeave={onLeave}
            />
          </Box>
          <Typography component="span" variant="body2" sx={styles.share} title="Planned share of new traffic">
            {props.share ?? "–"}
          </Typography>
        </Box>
      )}
      <Box sx={styles.buttons}>
        <SoftIconButton
          label={`Check endpoint status ${called}`}
          off={!endpoint.url.trim()}
          onClick={() => actions.check(id)}
        >
          <CheckIcon fontSize="small" />
        </SoftIconButton>
        <SoftIconButton
          id={fieldId("config")}
          label={`Endpoint configurations ${called}`}
          harmless
          onClick={() => actions.configure(id)}
        >
          <CogIcon fontSize="small" />
        </SoftIconButton>
        <SoftIconButton
          id={fieldId("up")}
          tabIndex={props.fingers ? 0 : -1}
          label={`Move up ${called}`}
          off={position === 1}
          onClick={() => actions.move(id, position - 2, "up")}
        >
          <UpIcon fontSize="small" />
        </SoftIconButton>
        <SoftIconButton
          id={fieldId("down")}
          tabIndex={props.fingers ? 0 : -1}
          label={`Move down ${called}`}
          off={position === count}
          onClick={() => actions.move(id, position, "down")}
        >
          <DownIcon fontSize="small" />
        </SoftIconButton>
        {count > 1 && (
          <SoftIconButton
            id={fieldId("drag")}
            label={`Drag ${called}, or move it with the arrow keys`}
            data-drag-handle
            onKeyDown={moveByKey}
            sx={styles.drag}
          >
            <DragIcon fontSize="small" />
          </SoftIconButton>
        )}
        <SoftIconButton id={fieldId("bin")} label={`Remove ${called}`} onClick={() => actions.remove(id)}>
          <BinIcon fontSize="small" />
        </SoftIconButton>
        <RowMenu
          name={called}
          state={endpoint.state}
          onState={(state) => onEdit({ state }, "state")}
          onDuplicate={() => actions.duplicate(id)}
        />
      </Box>
      <Box sx={styles.notes}>
        <Box sx={styles.state}>
          {unused ? (
            <StateMark tone="none">Not used: Endpoint Type is None</StateMark>
          ) : (
            <RowLive endpoint={endpoint} />
          )}
        </Box>
        {(routing === "loadBalanced" || props.down !== null) && (
          <Box sx={styles.switches}>
            {routing === "loadBalanced" && (
              <FormControlLabel
                sx={{ ml: 0, my: -0.75, gap: 0.75 }}
                control={
                  <Switch
                    id={fieldId("backup")}
                    size="small"
                    checked={endpoint.backup}
                    onChange={(event) => onEdit({ backup: event.target.checked }, "backup")}
                    slotProps={{ input: { "aria-label": `Backup ${called}` } }}
                  />
                }
                label="Backup"
                slotProps={{ typography: { variant: "caption" } }}
              />
            )}
            {props.down !== null && (
              <FormControlLabel
                sx={{ ml: 0, my: -0.75, gap: 0.75 }}
                control={
                  <Switch
                    size="small"
                    color="warning"
                    // Changes nothing, so it stays usable in what is read only.
                    disabled={false}
                    checked={props.down}
                    onChange={(event) => actions.suppose(id, event.target.checked)}
                    slotProps={{ input: { "aria-label": `If this one is down ${called}` } }}
                  />
                }
                label="If this one is down"
                slotProps={{ typography: { variant: "caption" } }}
              />
            )}
          </Box>
        )}
      </Box>
      <Box sx={styles.words}>
        {/* Here before it has a text: a reader says what comes into it. */}
        {routing === "loadBalanced" && (
          <Typography
            id={weightProblemId(fieldId("weight"))}
            role="status"
            variant="caption"
            color="error"
            sx={props.weightProblem && props.weightUsed ? { flexBasis: "100%" } : visuallyHidden}
          >
            {props.weightUsed && props.weightProblem}
          </Typography>
        )}
        {endpoint.state !== "on" && (
          <StateMark tone="warn">
            {endpoint.state === "off"
              ? "To be switched off with the next deployment"
              : "To be drained with the next deployment"}
          </StateMark>
        )}
        <EndpointWarnings endpoint={endpoint} />
        {props.warning && <StateMark tone="warn">{props.warning}</StateMark>}
        <CheckWords check={props.check} url={endpoint.url} />
      </Box>
    </Box>
  );
});
