"use client";
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { LocalTime } from "../shared/LocalTime";
import { SoftButton } from "../shared/SoftButton";
import type { Save } from "./deploymentResults";
import { Sentences } from "./Sentences";

/** The saves of the draft, each of which can be undone, also when its page was left long ago. */
export function EarlierDrafts({
  saves,
  onBringBack,
}: {
  saves: readonly Save[];
  onBringBack: (save: Save) => void;
}) {
  if (saves.length === 0) return null;
  return (
    <Box component="details" sx={{ typography: "body2", my: 1 }}>
      <summary>Earlier drafts ({saves.length})</summary>
      <Box component="ol" reversed aria-label="Earlier drafts" sx={list}>
        {saves.map((save) => (
          <li key={save.id}>
            <div>
              <Typography variant="body2" color="textSecondary">
                Saved by {save.author || "unknown"}, <LocalTime at={save.at} />
              </Typography>
              {save.changes.length > 0 ? (
                <Sentences changes={save.changes} label={`What save ${save.id} changed`} most={4} />
              ) : (
                <Typography variant="body2">What it changed cannot be told.</Typography>
              )}
            </div>
            <SoftButton
              size="small"
              needs="api.edit"
              aria-label={`Back to before this: ${save.changes[0] ?? `save ${save.id}`}`}
              onClick={() => onBringBack(save)}
            >
              Back to before this
            </SoftButton>
          </li>
        ))}
      </Box>
    </Box>
  );
}

const list = {
  listStyle: "none",
  m: 0,
  mt: 1,
  p: 0,
  "& > li": {
    display: "flex",
    flexWrap: "wrap",
    alignItems: "flex-start",
    justifyContent: "space-between",
    columnGap: 2,
    py: 1,
    borderTop: 1,
    borderColor: "divider",
  },
  "& > li > div": { minWidth: 0, flex: "1 1 240px" },
};
