"use client";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Link from "@mui/material/Link";
import Skeleton from "@mui/material/Skeleton";
import Typography from "@mui/material/Typography";
import { useEffect, useState } from "react";
import { answerOf } from "../shared/actionResults";
import { type Compare, sideName } from "./deploymentResults";

/** Changes as a list; with many of them, the first few and how many more to unfold. */
export function Sentences({
  changes,
  label,
  most = 100,
}: {
  changes: readonly string[];
  label: string;
  most?: number;
}) {
  const [all, setAll] = useState(false);
  const hidden = changes.length - most;
  return (
    <Box
      component="ul"
      aria-label={label}
      sx={{ m: 0, pl: 2.25, typography: "body2", overflowWrap: "anywhere" }}
    >
      {changes.slice(0, all ? undefined : most).map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
      {hidden > 0 && (
        <li>
          <Link
            component="button"
            type="button"
            variant="body2"
            aria-expanded={all}
            onClick={() => setAll(!all)}
          >
            {all ? "Show fewer" : `and ${hidden} more`}
          </Link>
        </li>
      )}
    </Box>
  );
}

/** What some callers lose by a deployment, before it is made. */
export function Losses({ losses }: { losses: readonly string[] }) {
  if (losses.length === 0) return null;
  return (
    <Alert severity="warning" sx={{ mb: 1.5 }}>
      <Box component="ul" aria-label="What callers lose" sx={{ m: 0, pl: 2, overflowWrap: "anywhere" }}>
        {losses.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </Box>
    </Alert>
  );
}

interface Props {
  id: string;
  from: number;
  to: number;
  onCompare: Compare;
  /** `from` is live, and `to` is to take its place. */
  goesLive?: boolean;
}

interface Found {
  from: number;
  to: number;
  words: string | string[];
  losses: string[];
}

/** What leads from one side to the other, asked for when it is shown. */
export function Difference({ id, from, to, onCompare, goesLive = false }: Props) {
  const [found, setFound] = useState<Found | null>(null);
  useEffect(() => {
    let wanted = true;
    void answerOf(onCompare(id, from, to)).then((result) => {
      if (!wanted) return;
      const words = result.ok
        ? (result.changes ?? "One of the two cannot be read any more.")
        : result.message;
      setFound({ from, to, words, losses: result.ok ? result.losses : [] });
    });
    return () => {
      wanted = false;
    };
  }, [id, from, to, onCompare]);
  const label = `From ${sideName(from)} to ${sideName(to)}`;
  if (found?.from !== from || found.to !== to)
    // No higher than the shortest answer: a page that gets shorter moves under the pointer where it is scrolled to its end.
    return <Skeleton role="status" aria-label="Comparing" height={20} />;
  const { words, losses } = found;
  if (typeof words === "string" || words.length === 0) {
    return <Typography variant="body2">{typeof words === "string" ? words : "No difference."}</Typography>;
  }
  return (
    <>
      {goesLive && <Losses losses={losses} />}
      <Sentences changes={words} label={label} />
    </>
  );
}
