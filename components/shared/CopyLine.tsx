"use client";
import CheckIcon from "@mui/icons-material/Check";
import CopyIcon from "@mui/icons-material/ContentCopyOutlined";
import Box from "@mui/material/Box";
import FormHelperText from "@mui/material/FormHelperText";
import { useRef, useState } from "react";
import { useAnnounce } from "./Announcer";
import { copyText } from "./copyText";
import { SoftIconButton } from "./SoftButton";
import { useScrollStop } from "./useScrollStop";

export function CopyLine({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState("");
  const [selected, setSelected] = useState("");
  const shown = useRef<HTMLSpanElement>(null);
  const announce = useAnnounce();
  const scrolling = useScrollStop();
  const copy = async () => {
    if (!shown.current) return;
    const done = await copyText(text, shown.current);
    setCopied(done ? text : "");
    setSelected(done ? "" : text);
    announce(done ? "Copied." : notAllowed);
  };
  return (
    <>
      <Box sx={line}>
        <Box component="code" aria-label={label} role="group" {...scrolling} sx={code}>
          <span ref={shown}>{text}</span>
        </Box>
        <SoftIconButton label={`Copy ${label}`} onClick={copy}>
          {copied === text ? <CheckIcon fontSize="small" /> : <CopyIcon fontSize="small" />}
        </SoftIconButton>
      </Box>
      {selected === text && <FormHelperText>{notAllowed}</FormHelperText>}
    </>
  );
}

const notAllowed =
  "The browser did not allow copying. The text is selected: copy it with the keyboard or the menu.";

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
