"use client";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Chip from "@mui/material/Chip";
import Link from "@mui/material/Link";
import Paper from "@mui/material/Paper";
import Table from "@mui/material/Table";
import TableBody from "@mui/material/TableBody";
import TableCell from "@mui/material/TableCell";
import TableContainer from "@mui/material/TableContainer";
import TableHead from "@mui/material/TableHead";
import TableRow from "@mui/material/TableRow";
import Typography from "@mui/material/Typography";
import NextLink from "next/link";
import { inShort } from "#lib/gateways";
import type { ApiStatus } from "#lib/status";
import { untold } from "../frame/report";
import { capitalized } from "../shared/capitalized";
import { LinkRow } from "../shared/LinkRow";
import { LinkPending } from "../shared/Navigation";
import { StateMark } from "../shared/StateMark";
import { useScrollStop } from "../shared/useScrollStop";
import { type LiveStates, worstState } from "./health";
import { useStates } from "./useStates";

export interface ApiRow {
  id: string;
  name: string;
  version: string;
  context: string;
  basePath: string;
  revision: number | null;
  blocked: boolean;
  changed: boolean;
}

const wideOnly = { display: { xs: "none", sm: "table-cell" } };
const narrowOnly = { display: { sm: "none" }, overflowWrap: "anywhere" } as const;
const columns = ["Name", "Version", "Context", "Deployment", "Endpoints"];
/** The columns of a narrow screen, which say the rest too. */
const narrow = ["Name", "Deployment"];

export function ApiTable({ apis, states: given }: { apis: ApiRow[]; states: LiveStates }) {
  const { states, silence } = useStates(
    apis.filter((api) => api.revision !== null).map((api) => api.id),
    given,
  );
  const scrolling = useScrollStop();
  const unknown = states === null && apis.some((api) => api.revision !== null);
  return (
    <>
      {unknown && (
        <Alert severity="warning" role="status" sx={{ mb: 2 }}>
          {capitalized(untold(silence))}, so how the endpoints are is not known now.
          {silence === null && " If it does not run, callers get no answer. Editing works all the same."}
        </Alert>
      )}
      {states && states.uncounted.length > 0 && (
        <Alert severity="warning" role="status" sx={{ mb: 2 }}>
          Some gateways do not tell how the endpoints are: {inShort(states.uncounted)}.
        </Alert>
      )}
      <TableContainer component={Paper} variant="outlined" {...scrolling} role="region" aria-label="APIs">
        <Table size="small" sx={{ "& tbody td, & tbody th": { py: 1.25 } }}>
          <TableHead>
            <TableRow>
              {columns.map((c) => (
                <TableCell
                  key={c}
                  sx={{ ...(!narrow.includes(c) && wideOnly), color: "text.secondary", py: 1.25 }}
                >
                  {c}
                </TableCell>
              ))}
            </TableRow>
          </TableHead>
          <TableBody>
            {apis.map((api) => (
              <Row key={api.id} api={api} status={states?.apis.find((s) => s.apiId === api.id)} />
            ))}
          </TableBody>
        </Table>
      </TableContainer>
    </>
  );
}

function Row({ api, status }: { api: ApiRow; status: ApiStatus | undefined }) {
  const health = api.revision === null ? null : worstState(status, api.blocked);
  const state = health ? (
    <StateMark tone={health.tone}>{health.words}</StateMark>
  ) : (
    <StateMark tone="none">{api.revision === null ? "Not deployed" : "Not known"}</StateMark>
  );
  return (
    <LinkRow>
      <TableCell component="th" scope="row" sx={{ overflowWrap: "anywhere", minWidth: 150 }}>
        <Link
          component={NextLink}
          href={`/apis/${api.id}`}
          prefetch={false}
          underline="hover"
          sx={{ fontWeight: 600 }}
        >
          {api.name}
          <LinkPending />
        </Link>
        <Typography variant="caption" component="div" color="textSecondary" sx={narrowOnly}>
          {api.version} · {api.context}
          <Elsewhere api={api} status={status} />
        </Typography>
      </TableCell>
      <TableCell sx={wideOnly}>{api.version}</TableCell>
      <TableCell sx={{ ...wideOnly, wordBreak: "break-all", minWidth: 120 }}>
        {api.context}
        <Elsewhere api={api} status={status} />
      </TableCell>
      <TableCell>
        <Box sx={{ display: "flex", flexWrap: "wrap", gap: 0.75 }}>
          {api.revision === null ? (
            <Chip size="small" variant="outlined" label="Draft" />
          ) : (
            <DeploymentChip revision={api.revision} status={status} />
          )}
          {api.revision !== null && api.changed && (
            <Chip size="small" color="warning" variant="outlined" label="Undeployed changes" />
          )}
          <Box sx={{ display: { sm: "none" }, width: "100%" }}>{state}</Box>
        </Box>
      </TableCell>
      <TableCell sx={wideOnly}>{state}</TableCell>
    </LinkRow>
  );
}

/** Where callers find what serves, if that is not where the draft will be. */
function Elsewhere({ api, status }: { api: ApiRow; status: ApiStatus | undefined }) {
  if (!status?.basePath || status.basePath === api.basePath) return null;
  return (
    <Typography variant="caption" component="div" color="textSecondary">
      Now at {status.basePath}
    </Typography>
  );
}

/** Which revision is deployed, and "Live" only where the gateway says so. */
function DeploymentChip({ revision, status }: { revision: number; status: ApiStatus | undefined }) {
  if (status?.error) {
    return <Chip size="small" color="error" variant="outlined" label={`Not served: r${revision}`} />;
  }
  const live = status?.revision === revision;
  return (
    <Chip
      size="small"
      color={live ? "primary" : "default"}
      variant="outlined"
      label={`${live ? "Live" : "Deployed"}: r${revision}`}
    />
  );
}
