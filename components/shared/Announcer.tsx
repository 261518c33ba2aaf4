"use client";
import Box from "@mui/material/Box";

import { createContext, type ReactNode, useCallback, useContext, useState } from "react";
import { visuallyHidden } from "./visuallyHidden";

const Announce = createContext<(text: string) => void>(() => {});

export const useAnnounce = () => useContext(Announce);

export function Announcer({ children }: { children: ReactNode }) {
  const [said, setSaid] = useState({ text: "", turn: 0 });
  const announce = useCallback((text: string) => setSaid(({ turn }) => ({ text, turn: turn + 1 })), []);
  return (
    <Announce value={announce}>
      {children}
      <Box aria-live="polite" aria-atomic="true" data-testid="announcements" sx={visuallyHidden}>
        <span key={said.turn}>{said.text}</span>
      </Box>
    </Announce>
  );
}
