"use client";
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { type ReactNode, useId } from "react";

interface Props {
  title: string;
  text?: string;
  heading?: "h3" | "h4";
  children: ReactNode;
}

/** Fields that belong together, two side by side where there is room. */
export function FieldGroup({ title, text, heading = "h4", children }: Props) {
  const id = useId();
  return (
    <Box role="group" aria-labelledby={id}>
      <Typography id={id} variant="subtitle2" component={heading} sx={{ fontWeight: 600 }}>
        {title}
      </Typography>
      {text && (
        <Typography variant="body2" color="textSecondary">
          {text}
        </Typography>
      )}
      <Box
        sx={{
          display: "grid",
          gridTemplateColumns: { xs: "1fr", sm: "repeat(auto-fill, minmax(220px, 1fr))" },
          gap: 2,
          pt: 1.5,
          alignItems: "start",
        }}
      >
        {children}
      </Box>
    </Box>
  );
}
