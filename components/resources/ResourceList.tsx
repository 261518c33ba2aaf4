"use client";
import SearchIcon from "@mui/icons-material/SearchOutlined";
import Box from "@mui/material/Box";
import InputAdornment from "@mui/material/InputAdornment";
import Pagination from "@mui/material/Pagination";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import type { ReactNode } from "react";
import { operationName, type Problem, type Resource } from "#lib/edit/api";
import { ResourceRow, type RowActions } from "./ResourceRow";

/** Rows at once: a thousand of them would take seconds to draw. */
export const PAGE_SIZE = 50;
const SEARCH_FROM = 15;

export interface View {
  search: string;
  /** From 1. */
  page: number;
}

interface Props extends RowActions {
  resources: Resource[];
  isOpen: boolean;
  problems: Problem[];
  view: View;
  onView: (view: View) => void;
  /** Name of the operation whose endpoints are shown. */
  expanded: string | null;
  renderEndpoints: (resource: Resource, index: number) => ReactNode;
}

/** The operations that are looked for, with their places in the document. */
function found(resources: Resource[], search: string): { resource: Resource; index: number }[] {
  const wanted = search.trim().toLowerCase();
  return resources.flatMap((resource, index) =>
    operationName(resource).toLowerCase().includes(wanted) ? [{ resource, index }] : [],
  );
}

export function ResourceList(props: Props) {
  const { resources, isOpen, problems, view, onView, expanded, renderEndpoints, ...actions } = props;
  const all = found(resources, view.search);
  const pages = Math.max(1, Math.ceil(all.length / PAGE_SIZE));
  const page = Math.min(view.page, pages);
  const rows = all.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE);
  const ofRow = (index: number) => problems.filter((p) => p.path[0] === "resources" && p.path[1] === index);
  return (
    <Box>
      {resources.length >= SEARCH_FROM && (
        <TextField
          type="search"
          placeholder="Find an operation"
          value={view.search}
          disabled={false}
          onChange={(event) => onView({ search: event.target.value, page: 1 })}
          sx={{ width: { xs: "100%", sm: "18.75rem" } }}
          slotProps={{
            htmlInput: { "aria-label": "Find an operation", maxLength: 200 },
            input: { startAdornment },
          }}
        />
      )}
      <Box component="ul" aria-label="Operations" sx={{ listStyle: "none", m: 0, p: 0 }}>
        {rows.map(({ resource, index }) => {
          const name = operationName(resource);
          const own = ofRow(index);
          return (
            <ResourceRow
              key={name}
              resource={resource}
              index={index}
              isOpen={isOpen}
              problem={own.find((p) => p.path[2] === "scopes")?.message}
              pathProblem={own.find((p) => p.path[2] !== "scopes" && p.path[2] !== "endpoints")?.message}
              endpointsProblem={own.some((p) => p.path[2] === "endpoints")}
              {...actions}
            >
              {name === expanded ? renderEndpoints(resource, index) : null}
            </ResourceRow>
          );
        })}
      </Box>
      {all.length === 0 && view.search !== "" && (
        <Typography role="status" variant="body2" color="textSecondary" sx={{ py: 2 }}>
          No operation has {view.search.trim()} in its name.
        </Typography>
      )}
      {resources.length > PAGE_SIZE && (
        <Foot count={all.length} pages={pages} page={page} onPage={(to) => onView({ ...view, page: to })} />
      )}
    </Box>
  );
}

interface FootProps {
  count: number;
  pages: number;
  page: number;
  onPage: (page: number) => void;
}

function Foot({ count, pages, page, onPage }: FootProps) {
  return (
    <Box sx={foot}>
      <Typography variant="body2" color="textSecondary">
        {count} operations
      </Typography>
      {pages > 1 && (
        <Pagination
          count={pages}
          page={page}
          size="small"
          aria-label="Pages of operations"
          onChange={(_event, to) => onPage(to)}
        />
      )}
    </Box>
  );
}

const startAdornment = (
  <InputAdornment position="start">
    <SearchIcon fontSize="small" />
  </InputAdornment>
);
const foot = { display: "flex", flexWrap: "wrap", justifyContent: "space-between", gap: 1, mt: 1.5 };
