"use client";
import DownIcon from "@mui/icons-material/ArrowDownward";
import UpIcon from "@mui/icons-material/ArrowUpward";
import BinIcon from "@mui/icons-material/DeleteOutlined";
import CheckIcon from "@mui/icons-material/NetworkCheckOutlined";
import CogIcon from "@mui/icons-material/SettingsOutlined";
import Box from "@mui/material/Box";
import FormControlLabel from "@mui/material/FormControlLabel";
import Switch from "@mui/material/Switch";
import Typography from "@mui/material/Typography";
import type { Endpoint, Routing } from "#lib/endpoints";
import { SoftIconButton } from "../shared/SoftButton";
import { StateMark } from "../shared/StateMark";
import { CheckWords } from "./CheckWords";
import { EndpointLive } from "./EndpointLive";
import { EndpointWarnings } from "./EndpointWarnings";
import { RowMenu } from "./RowMenu";
import { rowStyles as styles } from "./rowStyles";
import { UrlField } from "./UrlField";
import type { Check } from "./useChecks";
import { WeightField } from "./WeightField";

export interface RowProps {
  endpoint: Endpoint;
  position: number;
  count: number;
  routing: Routing;
  weightUsed: boolean;
  share: string | null;
  /** "If this one is down": taken to be so; null where there is no other. */
  down: boolean | null;
  onDown: (down: boolean) => void;
  warning: string | undefined;
  problems: { url?: string; weight?: string };
  insist: boolean;
  check: Check | undefined;
  fieldId: (field: string) => string;
  onEdit: (change: Partial<Endpoint>, field: string) => void;
  onLeave: () => void;
  onCheck: () => void;
  onMove: (by: -1 | 1) => void;
  onConfigure: () => void;
  onDuplicate: () => void;
  onRemove: () => void;
}

export function EndpointRow(props: RowProps) {
  const { endpoint, position, count, routing, problems, fieldId, onEdit, onLeave } = props;
  const name = endpoint.url.trim() || `endpoint ${position}`;
  const unused = routing === "single" && position > 1;
  return (
    <Box component="li" aria-label={name} sx={styles.row}>
      <Typography component="span" variant="body2" sx={styles.position}>
        {routing === "failover" && position === 1 ? "1 Primary" : position}
      </Typography>
      <Box sx={styles.url}>
        <UrlField
          id={fieldId("url")}
          label={`URL of endpoint ${position}`}
          hideLabel
          value={endpoint.url}
          problem={problems.url}
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
              label={`Weight of ${name}`}
              value={endpoint.weight}
              problem={problems.weight}
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
          label={`Check endpoint status ${name}`}
          off={!endpoint.url.trim()}
          onClick={props.onCheck}
        >
          <CheckIcon fontSize="small" />
        </SoftIconButton>
        <SoftIconButton
          id={fieldId("config")}
          label={`Endpoint configurations ${name}`}
          harmless
          onClick={props.onConfigure}
        >
          <CogIcon fontSize="small" />
        </SoftIconButton>
        <SoftIconButton
          id={fieldId("up")}
          label={`Move up ${name}`}
          off={position === 1}
          onClick={() => props.onMove(-1)}
        >
          <UpIcon fontSize="small" />
        </SoftIconButton>
        <SoftIconButton
          id={fieldId("down")}
          label={`Move down ${name}`}
          off={position === count}
          onClick={() => props.onMove(1)}
        >
          <DownIcon fontSize="small" />
        </SoftIconButton>
        <SoftIconButton id={fieldId("bin")} label={`Remove ${name}`} onClick={props.onRemove}>
          <BinIcon fontSize="small" />
        </SoftIconButton>
        <RowMenu
          name={name}
          state={endpoint.state}
          onState={(state) => onEdit({ state }, "state")}
          onDuplicate={props.onDuplicate}
        />
      </Box>
      <Box sx={styles.notes}>
        {unused ? (
          <StateMark tone="none">Not used: Endpoint Type is None</StateMark>
        ) : (
          <EndpointLive endpoint={endpoint} />
        )}
        {routing === "loadBalanced" && (
          <FormControlLabel
            sx={{ ml: 0, my: -0.75, gap: 0.25 }}
            control={
              <Switch
                id={fieldId("backup")}
                size="small"
                checked={endpoint.backup}
                onChange={(event) => onEdit({ backup: event.target.checked }, "backup")}
                slotProps={{ input: { "aria-label": `Backup ${name}` } }}
              />
            }
            label="Backup"
            slotProps={{ typography: { variant: "caption" } }}
          />
        )}
        {props.down !== null && (
          <FormControlLabel
            sx={{ ml: 0, my: -0.75, gap: 0.25 }}
            control={
              <Switch
                size="small"
                color="warning"
                checked={props.down}
                onChange={(event) => props.onDown(event.target.checked)}
                slotProps={{ input: { "aria-label": `If this one is down ${name}` } }}
              />
            }
            label="If this one is down"
            slotProps={{ typography: { variant: "caption" } }}
          />
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
}
