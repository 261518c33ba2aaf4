"use client";
import Box from "@mui/material/Box";

import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from "react";
import { visuallyHidden } from "./visuallyHidden";

/** Long enough to be taken up by a reader; whoever reads the page later should not come upon what is over. */
const STAYS_MS = 5_000;

const Announce = createContext<(text: string) => void>(() => {});

export const useAnnounce = () => useContext(Announce);

export function Announcer({ children }: { children: ReactNode }) {
  const [said, setSaid] = useState({ text: "", turn: 0 });
  const announce = useCallback((text: string) => setSaid(({ turn }) => ({ text, turn: turn + 1 })), []);
  useEffect(() => {
    if (said.text === "") return;
    const timer = setTimeout(() => setSaid(({ turn }) => ({ text: "", turn })), STAYS_MS);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <Announce value={announce}>
      {children}
      <Box aria-live="polite" aria-atomic="true" data-testid="announcements" sx={visuallyHidden}>
        <span key={said.turn}>{said.text}</span>
      </Box>
    </Announce>
  );
}
