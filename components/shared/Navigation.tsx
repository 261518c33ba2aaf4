"use client";
import Box from "@mui/material/Box";
import Container from "@mui/material/Container";
import Skeleton from "@mui/material/Skeleton";
import Typography from "@mui/material/Typography";
import { useLinkStatus } from "next/link";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useRef, useState } from "react";

/** Until then a page that was asked for is thought to come at once, and the one before stays. */
const SLOW_MS = 300;

const Report = createContext<(pending: boolean) => void>(() => {});

/** Inside a link: tells the frame around it that the link's page has been asked for and is not there yet. */
export function LinkPending() {
  const { pending } = useLinkStatus();
  const report = useContext(Report);
  useEffect(() => {
    if (!pending) return;
    report(true);
    return () => report(false);
  }, [pending, report]);
  return null;
}

interface Props {
  /** What has links and stays. */
  frame: ReactNode;
  /** The page is all of the document's main content. */
  main?: boolean;
  /** The page. */
  children: ReactNode;
}

/**
 * Shows a skeleton in place of the page while the next one takes long. Not with `loading.tsx`: what that shows,
 * React keeps for at least 300 ms, and a page usually comes sooner.
 */
export function Navigation({ frame, main = false, children }: Props) {
  const [slow, setSlow] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const report = useCallback((pending: boolean) => {
    clearTimeout(timer.current);
    if (pending) timer.current = setTimeout(() => setSlow(true), SLOW_MS);
    else setSlow(false);
  }, []);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <Report value={report}>
      {frame}
      <Box
        {...(main ? { component: "main", id: "main", tabIndex: -1 } : { id: "page", tabIndex: -1 })}
        sx={{ minWidth: 0, outline: "none" }}
      >
        <Box sx={{ display: slow ? "none" : undefined }}>{children}</Box>
        {slow && <PageShape main={main} />}
      </Box>
    </Report>
  );
}

function PageShape({ main }: { main: boolean }) {
  const shape = (
    <Box role="status" aria-label="Loading the page">
      {main && (
        <Typography variant="h1" sx={{ mb: 2 }}>
          Loading…
        </Typography>
      )}
      {!main && <Skeleton variant="text" width={160} sx={{ fontSize: "1.125rem", mb: 2 }} />}
      <Skeleton variant="rounded" height={180} sx={{ mb: 2 }} />
      <Skeleton variant="rounded" height={72} />
    </Box>
  );
  return main ? <Container sx={{ py: 4 }}>{shape}</Container> : shape;
}
