"use client";
import Box from "@mui/material/Box";
import Paper from "@mui/material/Paper";
import Typography from "@mui/material/Typography";
import { type ReactNode, useId } from "react";

interface Props {
  title: string;
  text?: string;
  /** Beside the title. */
  action?: ReactNode;
  /** h2 on a page whose sections stand right under its title. */
  heading?: "h2" | "h3";
  children: ReactNode;
}

/** A part of a page, with its heading. */
export function Section({ title, text, action, heading = "h3", children }: Props) {
  const id = useId();
  return (
    <Paper variant="outlined" component="section" aria-labelledby={id} sx={{ p: 2.5 }}>
      <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: 1 }}>
        <Typography variant="h3" component={heading} id={id} sx={{ flex: 1 }}>
          {title}
        </Typography>
        {action}
      </Box>
      {text && (
        <Typography variant="body2" color="textSecondary" sx={{ mt: 0.5 }}>
          {text}
        </Typography>
      )}
      <Box sx={{ mt: 1.5, display: "grid", gap: 2, gridTemplateColumns: "minmax(0, 1fr)" }}>{children}</Box>
    </Paper>
  );
}
