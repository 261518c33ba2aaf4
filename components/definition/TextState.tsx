"use client";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";
import type { Note } from "#lib/openapi/openapiReading";
import type { DefinitionText } from "./useDefinitionText";

/** Most notes that are listed; the lines are marked in the text anyway. */
const SHOWN = 20;

interface Props {
  id: string;
  text: Pick<DefinitionText, "reading" | "problems" | "warnings"> & {
    restore: () => void;
  };
}

/** What is wrong with the text, in words and with lines. */
export function TextState({ id, text }: Props) {
  const { reading, problems, warnings, restore } = text;
  return (
    <Box id={id} sx={{ mt: 1, minHeight: 24 }}>
      {problems.length === 0 && (
        <Typography variant="body2" color="textSecondary" role="status">
          {reading ? "Checking…" : warnings.length === 0 ? "No problems." : "No problems that stop it."}
        </Typography>
      )}
      {problems.length > 0 && (
        <Alert
          severity="error"
          sx={{ flexWrap: "wrap", "& .MuiAlert-message": { flex: "1 1 240px" } }}
          action={
            <Button color="inherit" size="small" onClick={restore}>
              Back to the last good text
            </Button>
          }
        >
          <Notes notes={problems} />
        </Alert>
      )}
      {problems.length === 0 && warnings.length > 0 && (
        <Alert severity="warning" role="note" sx={{ mt: 1 }}>
          <Notes notes={warnings} />
        </Alert>
      )}
    </Box>
  );
}

function Notes({ notes }: { notes: readonly Note[] }) {
  return (
    <Box component="ul" sx={{ m: 0, pl: 2.25, overflowWrap: "anywhere" }}>
      {notes.slice(0, SHOWN).map(({ line, path, message }) => (
        <li key={`${line} ${path.join(".")} ${message}`}>
          Line {line}
          {path.length > 0 && `, ${path.join(".")}`}: {message}
        </li>
      ))}
      {notes.length > SHOWN && <li>and {notes.length - SHOWN} more</li>}
    </Box>
  );
}
