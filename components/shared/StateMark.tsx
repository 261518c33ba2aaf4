import CheckCircleIcon from "@mui/icons-material/CheckCircleOutlined";
import ErrorIcon from "@mui/icons-material/ErrorOutlined";
import UnknownIcon from "@mui/icons-material/RadioButtonUncheckedOutlined";
import WarningIcon from "@mui/icons-material/WarningAmberOutlined";
import Box from "@mui/material/Box";
import type { ReactNode } from "react";

export type Tone = "good" | "warn" | "bad" | "none";

const icons = { good: CheckCircleIcon, warn: WarningIcon, bad: ErrorIcon, none: UnknownIcon };
const colors = { good: "success.main", warn: "warning.main", bad: "error.main", none: "text.secondary" };

export function StateMark({ tone, children, ...rest }: { tone: Tone; children: ReactNode; title?: string }) {
  const Icon = icons[tone];
  return (
    <Box component="span" sx={{ ...mark, color: colors[tone] }} {...rest}>
      <Icon aria-hidden sx={{ fontSize: "1rem", mt: "0.0625rem", flexShrink: 0 }} />
      <span>{children}</span>
    </Box>
  );
}

const mark = {
  display: "inline-flex",
  maxWidth: "100%",
  "& > span": { minWidth: 0, overflowWrap: "anywhere" },
  alignItems: "flex-start",
  gap: 0.5,
  verticalAlign: "middle",
  fontSize: "0.8125rem",
  lineHeight: 1.4,
};
