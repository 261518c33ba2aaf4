"use client";
import CheckIcon from "@mui/icons-material/Check";
import CopyIcon from "@mui/icons-material/ContentCopyOutlined";
import Box from "@mui/material/Box";
import { useState } from "react";
import { useAnnounce } from "./Announcer";
import { SoftIconButton } from "./SoftButton";

export function CopyLine({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState("");
  const announce = useAnnounce();
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
      <Box component="code" aria-label={label} role="group" tabIndex={0} sx={code}>
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
  overflowX: "auto",
  whiteSpace: "nowrap",
  py: 0.5,
  fontFamily: "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace",
  fontSize: "0.8125rem",
};
