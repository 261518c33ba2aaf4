"use client";
import CheckIcon from "@mui/icons-material/Check";
import CopyIcon from "@mui/icons-material/ContentCopyOutlined";
import Box from "@mui/material/Box";
import { useState } from "react";
import { useAnnounce } from "./Announcer";
import { SoftIconButton } from "./SoftButton";
import { useScrollStop } from "./useScrollStop";

export function CopyLine({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState("");
  const announce = useAnnounce();
  const scrolling = useScrollStop();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(text);
      announce("Copied.");
    } catch {
      announce("The browser did not allow copying. Select the text instead.");
    }
  };
  return (
    <Box sx={line}>
      <Box component="code" aria-label={label} role="group" {...scrolling} sx={code}>
        {text}
      </Box>
      <SoftIconButton label={`Copy ${label}`} onClick={copy}>
        {copied === text ? <CheckIcon fontSize="small" /> : <CopyIcon fontSize="small" />}
      </SoftIconButton>
    </Box>
  );
}

const line = {
  display: "flex",
  alignItems: "center",
  gap: 0.5,
  pl: 1.25,
  pr: 0.5,
  py: 0.25,
  minWidth: 0,
  color: "text.primary",
  bgcolor: "background.default",
  border: 1,
  borderColor: "divider",
  borderRadius: 1,
};
const code = {
  flex: 1,
  minWidth: 0,
  // One line that scrolls; on a phone, where the end of one would seem to be the end of it, some lines.
  overflow: "auto",
  whiteSpace: { xs: "pre-wrap", sm: "nowrap" },
  overflowWrap: { xs: "anywhere", sm: "normal" },
  maxHeight: "7.5em",
  py: 0.5,
  fontFamily: "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace",
  fontSize: "0.8125rem",
};
