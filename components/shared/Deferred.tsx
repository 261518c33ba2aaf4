"use client";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import CircularProgress from "@mui/material/CircularProgress";
import { type ComponentType, createElement, useEffect, useState } from "react";

export type Load<P> = () => Promise<ComponentType<P>>;

interface DeferredProps<P> {
  load: Load<P>;
  props: P;
  /** Takes no room until it is there, nor says that it does not come: the page has the same elsewhere. */
  quiet?: boolean;
}

const loaded = new WeakMap<object, unknown>();

/**
 * A component whose script is loaded when it is first shown. Unlike React's `lazy`, a script that cannot be loaded
 * costs that component only, and can be asked for again: what was typed elsewhere on the page stays.
 */
export function Deferred<P extends object>({ load, props, quiet = false }: DeferredProps<P>) {
  const [attempt, setAttempt] = useState(0);
  const [failed, setFailed] = useState(false);
  const [component, setComponent] = useState(() => loaded.get(load) as ComponentType<P> | undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a further attempt loads again
  useEffect(() => {
    if (component) return;
    load().then(
      (found) => {
        loaded.set(load, found);
        setComponent(() => found);
      },
      () => setFailed(true),
    );
  }, [load, component, attempt]);
  const again = () => {
    setFailed(false);
    setAttempt((n) => n + 1);
  };
  if (component) return createElement(component, props);
  if (quiet) return null;
  if (!failed) {
    return (
      <Box sx={{ display: "grid", placeItems: "center", minHeight: 160 }}>
        <CircularProgress aria-label="Loading" size={28} />
      </Box>
    );
  }
  const retry = (
    <Button color="inherit" onClick={again}>
      Try again
    </Button>
  );
  return (
    <Alert severity="error" action={retry}>
      This part of the page could not be loaded. Is Sluice still running?
    </Alert>
  );
}
