"use client";
import DeleteIcon from "@mui/icons-material/DeleteOutlined";
import Box from "@mui/material/Box";
import Chip from "@mui/material/Chip";
import FormControlLabel from "@mui/material/FormControlLabel";
import Switch from "@mui/material/Switch";
import type { Resource } from "#lib/api";
import { WordsField } from "../editor/WordsField";
import { SoftIconButton } from "../shared/SoftButton";

interface Props {
  resources: Resource[];
  /** The API asks nobody for a token. */
  isOpen: boolean;
  problemOf: (index: number) => string | undefined;
  onEdit: (index: number, change: Partial<Resource>, key?: string) => void;
  onLeave: () => void;
  onRemove: (index: number) => void;
}

export function ResourceList({ resources, isOpen, problemOf, onEdit, onLeave, onRemove }: Props) {
  return (
    <Box component="ul" aria-label="Operations" sx={{ listStyle: "none", m: 0, p: 0 }}>
      {resources.map((resource, i) => {
        const name = `${resource.method} ${resource.path}`;
        return (
          <Box component="li" key={name} aria-label={name} sx={row}>
            <Chip
              size="small"
              label={resource.method}
              variant="outlined"
              sx={{ minWidth: 76, justifySelf: "start" }}
            />
            <Box sx={{ minWidth: 0, overflowWrap: "anywhere", fontWeight: 600 }}>
              {resource.path}{" "}
              {resource.endpoints && (
                <Chip size="small" color="primary" variant="outlined" label="Own endpoints" />
              )}
            </Box>
            <FormControlLabel
              control={
                <Switch
                  size="small"
                  checked={resource.secured}
                  onChange={(event) => onEdit(i, { secured: event.target.checked })}
                  slotProps={{ input: { "aria-label": `Security of ${name}` } }}
                />
              }
              label={isOpen ? "Security (unused)" : resource.secured ? "Security on" : "Security off"}
              sx={{ m: 0, gap: 0.5 }}
            />
            <WordsField
              id={`resource-${i}-scopes`}
              label={`Scopes of ${name}`}
              placeholder="none"
              value={resource.scopes}
              problem={problemOf(i)}
              onChange={(scopes) => onEdit(i, { scopes }, `scopes-${i}`)}
              onLeave={onLeave}
            />
            <SoftIconButton label={`Remove ${name}`} onClick={() => onRemove(i)}>
              <DeleteIcon fontSize="small" />
            </SoftIconButton>
          </Box>
        );
      })}
    </Box>
  );
}

const row = {
  display: "grid",
  gridTemplateColumns: { xs: "auto minmax(0, 1fr) auto", md: "auto minmax(0, 1fr) 150px 240px auto" },
  "& > :nth-of-type(2)": { gridColumn: { xs: "2 / -1", md: "auto" } },
  alignItems: "center",
  columnGap: 1.5,
  rowGap: 1.25,
  py: 1.5,
  borderBottom: 1,
  borderColor: "divider",
};
