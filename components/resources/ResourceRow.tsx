"use client";
import DeleteIcon from "@mui/icons-material/DeleteOutlined";
import ExpandIcon from "@mui/icons-material/ExpandMore";
import Box from "@mui/material/Box";
import Chip from "@mui/material/Chip";
import FormControlLabel from "@mui/material/FormControlLabel";
import Switch from "@mui/material/Switch";
import { memo, type ReactNode } from "react";
import { readScopesText, type ScopeSets, scopesText, scopeWords } from "#lib/access/scopes";
import { hasOwnEndpoints, operationName, type Resource } from "#lib/edit/api";
import { type Format, ListField } from "../editor/WordsField";
import { SoftButton, SoftIconButton } from "../shared/SoftButton";
import { StateMark } from "../shared/StateMark";

export interface RowActions {
  onEdit: (index: number, change: Partial<Resource>, key?: string) => void;
  onLeave: () => void;
  onRemove: (index: number) => void;
  onToggle: (name: string) => void;
}

interface Props extends RowActions {
  resource: Resource;
  index: number;
  /** The API asks nobody for a token. */
  isOpen: boolean;
  problem: string | undefined;
  /** Of its path, or of the resource as a whole. */
  pathProblem: string | undefined;
  endpointsProblem: boolean;
  /** The editor of its endpoints, while it is open. */
  children: ReactNode;
}

export const rowId = (index: number, part: "scopes" | "endpoints" | "remove") => `resource-${index}-${part}`;

/** Renders again only when something of its own changes: an API may have thousands. */
export const ResourceRow = memo(function ResourceRow(props: Props) {
  const { resource, index, isOpen, problem, children, onEdit } = props;
  const name = operationName(resource);
  return (
    <Box component="li" aria-label={name} sx={item}>
      <Box sx={row}>
        <Chip
          size="small"
          label={resource.method}
          variant="outlined"
          sx={{ gridArea: "method", minWidth: "4.75rem", justifySelf: "start" }}
        />
        <Box sx={path}>
          <span>{resource.path}</span>
          {hasOwnEndpoints(resource) && (
            <Chip size="small" color="primary" variant="outlined" label="Own endpoints" />
          )}
          {props.pathProblem && <StateMark tone="bad">{props.pathProblem}</StateMark>}
          {props.endpointsProblem && <StateMark tone="warn">Endpoints not complete</StateMark>}
        </Box>
        <FormControlLabel
          control={
            <Switch
              size="small"
              checked={resource.secured}
              onChange={(event) => onEdit(index, { secured: event.target.checked })}
              slotProps={{ input: { "aria-label": `Security of ${name}` } }}
            />
          }
          label={isOpen ? "Security (unused)" : resource.secured ? "Security on" : "Security off"}
          sx={{ gridArea: "security", m: 0, gap: 0.5, whiteSpace: "nowrap", justifySelf: "start" }}
        />
        <Box sx={{ gridArea: "scopes", display: "grid" }}>
          <ListField
            format={scopesFormat}
            id={rowId(index, "scopes")}
            label={`Scopes of ${name}`}
            placeholder="none"
            helper={scopesHelp(resource.scopes)}
            value={resource.scopes}
            problem={problem}
            onChange={(scopes) => onEdit(index, { scopes }, `scopes-${index}`)}
            onLeave={props.onLeave}
          />
        </Box>
        <Buttons {...props} />
      </Box>
      {children && <Box sx={{ pt: 1.5 }}>{children}</Box>}
    </Box>
  );
});

function Buttons({ resource, index, children, onToggle, onRemove }: Props) {
  const name = operationName(resource);
  const expanded = Boolean(children);
  return (
    <Box sx={{ gridArea: "buttons", display: "flex", justifyContent: "flex-end" }}>
      <SoftButton
        id={rowId(index, "endpoints")}
        size="small"
        harmless
        aria-label={`Endpoints of ${name}`}
        aria-expanded={expanded}
        endIcon={<ExpandIcon sx={{ transform: expanded ? "rotate(180deg)" : undefined }} />}
        onClick={() => onToggle(name)}
      >
        Endpoints
      </SoftButton>
      <SoftIconButton id={rowId(index, "remove")} label={`Remove ${name}`} onClick={() => onRemove(index)}>
        <DeleteIcon fontSize="small" />
      </SoftIconButton>
    </Box>
  );
}

const scopesFormat: Format<ScopeSets> = { read: readScopesText, write: scopesText };

/** What a list of scopes means; undefined where it is plain. */
function scopesHelp(sets: ScopeSets): string | undefined {
  if (sets.some((set) => set.length > 1)) return `A token needs ${scopeWords(sets)}`;
  if (sets.length > 1) return "A token needs one of them";
  // A plus sign within a word is part of the scope's name.
  return sets.some((set) => set[0]?.includes("+")) ? `A token needs ${scopeWords(sets)}` : undefined;
}

const path = {
  gridArea: "path",
  minWidth: 0,
  overflowWrap: "anywhere",
  fontWeight: 600,
  display: "flex",
  flexWrap: "wrap",
  alignItems: "center",
  columnGap: 1,
};
const item = { py: 1.5, borderBottom: 1, borderColor: "divider" };
const row = {
  display: "grid",
  gridTemplateAreas: {
    xs: '"method path path" "security security buttons" "scopes scopes scopes"',
    md: '"method path security scopes buttons"',
  },
  gridTemplateColumns: {
    xs: "4.75rem minmax(0, 1fr) auto",
    md: "4.75rem minmax(0, 1fr) 10.3125rem 15rem auto",
  },
  alignItems: "center",
  columnGap: 1.5,
  rowGap: 1.25,
};
