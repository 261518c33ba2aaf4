"use client";
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { memo } from "react";
import { StateMark } from "../../shared/StateMark";
import { visuallyHidden } from "../../shared/visuallyHidden";
import { swatch } from "../preview/swatch";
import { CheckWords } from "./CheckWords";
import { EndpointWarnings } from "./EndpointWarnings";
import { RowButtons } from "./RowButtons";
import { RowLive } from "./RowLive";
import { RowSwitches } from "./RowSwitches";
import { type PartProps, partId, type RowProps } from "./rowProps";
import { rowStyles as styles } from "./rowStyles";
import { UrlField } from "./UrlField";
import { WeightField, weightProblemId } from "./WeightField";

/** Renders again only when something of its own changes: a list may have a hundred. */
export const EndpointRow = memo(function EndpointRow(props: RowProps) {
  const { keyType, endpoint, position, count, routing } = props;
  const name = endpoint.url.trim() || `endpoint ${position}`;
  // Both lists may have the same URLs.
  const called = [name, props.twin && `number ${position}`, keyType === "sandbox" && "(sandbox)"]
    .filter(Boolean)
    .join(" ");
  return (
    <Box
      component="li"
      aria-label={name}
      data-id={endpoint.id}
      data-drop={props.drop ?? undefined}
      data-dragged={props.dragged || undefined}
      sx={styles.row}
    >
      <Typography component="span" variant="body2" sx={styles.position} data-routing={routing}>
        {position}
        {routing === "failover" && position === 1 && <small> Primary</small>}
        {routing === "loadBalanced" && count > 1 && <i aria-hidden style={swatch(position - 1)} />}
      </Typography>
      <RowUrl row={props} />
      {routing === "loadBalanced" && <RowWeight row={props} called={called} />}
      <RowButtons row={props} called={called} />
      <Box sx={styles.notes}>
        <Box sx={styles.state}>
          {routing === "single" && position > 1 ? (
            <StateMark tone="none">Not used: Endpoint Type is None</StateMark>
          ) : (
            <RowLive endpoint={endpoint} />
          )}
        </Box>
        <RowSwitches row={props} called={called} />
      </Box>
      <RowWords row={props} />
    </Box>
  );
});

function RowUrl({ row }: { row: RowProps }) {
  const { keyType, endpoint, position, actions } = row;
  const edit = (url: string) => actions.edit(endpoint.id, { url }, "url");
  return (
    <Box sx={styles.url}>
      <UrlField
        id={partId(row, "url")}
        label={`URL of endpoint ${position}${keyType === "sandbox" ? " (sandbox)" : ""}`}
        hideLabel
        value={endpoint.url}
        problem={row.urlProblem}
        insist={row.insist}
        onChange={edit}
        onLeave={() => {
          if (endpoint.url !== endpoint.url.trim()) edit(endpoint.url.trim());
          actions.leave();
        }}
      />
    </Box>
  );
}

function RowWeight({ row, called }: PartProps) {
  const { endpoint, actions } = row;
  return (
    <Box sx={styles.weight}>
      <Typography component="span" variant="caption" color="textSecondary" aria-hidden>
        Weight
      </Typography>
      <Box sx={{ width: "4.5rem" }}>
        <WeightField
          id={partId(row, "weight")}
          label={`Weight of ${called}`}
          value={endpoint.weight}
          problem={row.weightProblem}
          disabled={!row.weightUsed}
          onChange={(weight) => actions.edit(endpoint.id, { weight }, "weight")}
          onLeave={actions.leave}
        />
      </Box>
      <Typography component="span" variant="body2" sx={styles.share} title="Planned share of new traffic">
        {row.share ?? "–"}
      </Typography>
    </Box>
  );
}

/** What there is to say of it, below everything else. */
function RowWords({ row }: { row: RowProps }) {
  const { endpoint, routing, warning, weightProblem, weightUsed } = row;
  return (
    <Box sx={styles.words}>
      {/* Here before it has a text: a reader says what comes into it. */}
      {routing === "loadBalanced" && (
        <Typography
          id={weightProblemId(partId(row, "weight"))}
          role="status"
          variant="caption"
          color="error"
          sx={weightProblem && weightUsed ? { flexBasis: "100%" } : visuallyHidden}
        >
          {weightUsed && weightProblem}
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
      {warning && <StateMark tone="warn">{warning}</StateMark>}
      <CheckWords check={row.check} url={endpoint.url} />
    </Box>
  );
}
