"use client";
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { ConfirmDialog } from "../shared/ConfirmDialog";
import { type Compare, DRAFT, deployWords, type Revision, type Save } from "./deploymentResults";
import { NoteDialog } from "./NoteDialog";
import { Difference, Losses, Sentences } from "./Sentences";

interface DeployProps {
  title: string;
  isFirst: boolean;
  /** What the draft changes against what is live; null while nothing is. */
  changes: string[] | null;
  losses: string[];
  onConfirm: (note: string) => Promise<void>;
  onClose: () => void;
}

export function DeployDialog({ title, isFirst, changes, losses, onConfirm, onClose }: DeployProps) {
  return (
    <NoteDialog
      title={`Deploy the draft of ${title}?`}
      text="The gateway serves it within a second. Requests under way finish as they began."
      confirm="Deploy"
      onConfirm={onConfirm}
      onClose={onClose}
    >
      {changes === null ? (
        <Typography variant="body2">
          {isFirst
            ? "The API is answered for the first time."
            : "Nothing is live now, so the API is answered again."}
        </Typography>
      ) : (
        <>
          <Losses losses={losses} />
          <Sentences changes={changes} label="What changes at the gateway" />
        </>
      )}
    </NoteDialog>
  );
}

interface RollBackProps {
  id: string;
  revision: Revision;
  live: number | null;
  onCompare: Compare;
  onConfirm: (note: string) => Promise<void>;
  onClose: () => void;
}

export function RollBackDialog({ id, revision, live, onCompare, onConfirm, onClose }: RollBackProps) {
  const { number, intervals } = revision;
  const words = deployWords(revision, live);
  const served = intervals.length > 0 ? "served again as it was" : "served as it was kept";
  return (
    <NoteDialog
      title={`${words}?`}
      text={`r${number} is ${served}${live === null ? "" : `, instead of r${live}`}. The draft is not touched.`}
      confirm={words}
      onConfirm={onConfirm}
      onClose={onClose}
    >
      {live === null ? (
        <Typography variant="body2">Nothing is live now, so the API is answered again.</Typography>
      ) : (
        <Difference id={id} from={live} to={number} onCompare={onCompare} goesLive />
      )}
    </NoteDialog>
  );
}

interface EditFromProps {
  id: string;
  /** Null while it is closed. */
  number: number | null;
  onCompare: Compare;
  onConfirm: (number: number) => Promise<void>;
  onClose: () => void;
}

export function EditFromDialog({ id, number, onCompare, onConfirm, onClose }: EditFromProps) {
  return (
    <ConfirmDialog
      open={number !== null}
      color="primary"
      title={`Edit from r${number}?`}
      text="The draft becomes a copy of this revision. What is live stays as it is. The draft as it is now can be brought back under Earlier drafts."
      confirm="Copy into the draft"
      onConfirm={() => (number === null ? undefined : onConfirm(number))}
      onClose={onClose}
      details={
        number !== null && (
          <Box sx={{ mt: 2 }}>
            <Difference id={id} from={DRAFT} to={number} onCompare={onCompare} />
          </Box>
        )
      }
    />
  );
}

interface BringBackProps {
  /** Null while it is closed. */
  save: Save | null;
  /** Saves that can be undone, the newest first. */
  earlier: Save[];
  onConfirm: (save: Save) => Promise<void>;
  onClose: () => void;
}

export function BringBackDialog({ save, earlier, onConfirm, onClose }: BringBackProps) {
  const undone = save ? earlier.filter(({ id }) => id >= save.id).flatMap(({ changes }) => changes) : [];
  return (
    <ConfirmDialog
      open={save !== null}
      color="primary"
      title="Bring this draft back?"
      text="The draft becomes what it was before this save. What is live stays as it is, and this can be undone in the same way. Undone are:"
      confirm="Bring back"
      onConfirm={() => (save ? onConfirm(save) : undefined)}
      onClose={onClose}
      details={save && <Sentences label="What is undone" changes={[...new Set(undone)]} most={12} />}
    />
  );
}
