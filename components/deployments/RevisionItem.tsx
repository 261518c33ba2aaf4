"use client";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Chip from "@mui/material/Chip";
import Paper from "@mui/material/Paper";
import Typography from "@mui/material/Typography";
import type { revisionState } from "../frame/report";
import { durationWords } from "../shared/durationWords";
import { LocalTime } from "../shared/LocalTime";
import { SoftButton } from "../shared/SoftButton";
import { deployWords, type Interval, type Revision } from "./deploymentResults";
import { Sentences } from "./Sentences";

interface Props {
  id: string;
  revision: Revision;
  /** Number of the deployed one; null when nothing is. */
  live: number | null;
  /** What the gateway makes of this one. */
  state: ReturnType<typeof revisionState>;
  onRollBack: () => void;
  onEditFrom: () => void;
}

export function RevisionItem({ id, revision, live, state, onRollBack, onEditFrom }: Props) {
  const { number, note, author, createdAt, intervals, changes } = revision;
  const name = `r${number}`;
  return (
    <Paper component="li" variant="outlined" aria-label={name} sx={{ p: 2, display: "grid", gap: 1 }}>
      <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", columnGap: 1.5, rowGap: 0.5 }}>
        <Typography variant="h3">{name}</Typography>
        {state && <Chip size="small" variant="outlined" {...chips[state]} />}
        <Typography variant="body2" color="textSecondary">
          {author || "unknown"}, <LocalTime at={createdAt} />
        </Typography>
        {note && (
          <Typography variant="body2" sx={{ overflowWrap: "anywhere" }}>
            {note}
          </Typography>
        )}
      </Box>
      {changes === null ? (
        <Typography variant="body2" color="textSecondary">
          {number === 1 ? "The first revision." : "There is no older revision to compare it with."}
        </Typography>
      ) : (
        <Sentences changes={changes} label={`What ${name} changed`} most={6} />
      )}
      <Intervals intervals={intervals} />
      <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1 }}>
        {!revision.live && (
          <SoftButton size="small" variant="outlined" needs="api.deploy" onClick={onRollBack}>
            {deployWords(revision, live)}
          </SoftButton>
        )}
        <SoftButton size="small" needs="api.edit" onClick={onEditFrom}>
          Edit from {name}
        </SoftButton>
        <Button
          size="small"
          component="a"
          href={`/apis/${id}/export?format=project&revision=${number}`}
          download
        >
          Export {name}
        </Button>
      </Box>
    </Paper>
  );
}

const chips = {
  live: { color: "success", label: "Live" },
  deployed: { color: "default", label: "Deployed" },
  notServed: { color: "error", label: "Not served" },
  stillServed: { color: "warning", label: "Served instead" },
} as const;

/** A time that tells no seconds would say "from 9:30 to 9:30" of a short one. */
function wholeSeconds(since: string, until: string): number {
  return Math.max(1, Math.round((Date.parse(until) - Date.parse(since)) / 1_000)) * 1_000;
}

/** Most that are told; a revision that is rolled back to every day has many. */
const SHOWN = 3;

function Intervals({ intervals }: { intervals: readonly Interval[] }) {
  if (intervals.length === 0)
    return (
      <Typography variant="body2" color="textSecondary">
        Never deployed.
      </Typography>
    );
  const more = intervals.length - SHOWN;
  return (
    <Box sx={{ typography: "body2", color: "text.secondary", overflowWrap: "anywhere" }}>
      {intervals.slice(0, SHOWN).map(({ since, until, author, note }) => (
        <div key={since}>
          Deployed from <LocalTime at={since} />{" "}
          {until ? (
            <>
              to <LocalTime at={until} /> ({durationWords(wholeSeconds(since, until), 2)})
            </>
          ) : (
            "until now"
          )}{" "}
          by {author || "unknown"}
          {note && `: ${note}`}
        </div>
      ))}
      {more > 0 && <div>{more === 1 ? "and once before" : `and ${more} times before`}</div>}
    </Box>
  );
}
