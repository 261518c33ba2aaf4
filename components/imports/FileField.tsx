"use client";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";
import { type DragEvent, useEffect, useId, useRef, useState } from "react";
import { openChooser } from "../shared/chosenFile";

interface Props {
  label: string;
  helper: string;
  accept: string;
  files: readonly File[];
  onChange: (files: File[]) => void;
  /** Several at once are taken. */
  multiple?: boolean;
}

/** A file by choosing or dropping; the button alone is enough with the keyboard. */
export function FileField({ label, helper, accept, files, onChange, multiple = false }: Props) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  useEffect(() => {
    window.addEventListener("dragover", refuseBeside);
    window.addEventListener("drop", refuseBeside);
    return () => {
      window.removeEventListener("dragover", refuseBeside);
      window.removeEventListener("drop", refuseBeside);
    };
  }, []);
  const named = files.length === 1 ? files[0]?.name : `${files.length} files`;
  const size = files.reduce((sum, file) => sum + file.size, 0);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const dropped = [...event.dataTransfer.files];
    if (dropped.length > 0) onChange(multiple ? dropped : dropped.slice(0, 1));
  };
  return (
    <Box
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      sx={{ ...zone, borderColor: over ? "primary.main" : "divider" }}
    >
      <Button variant="outlined" aria-describedby={`${id}-file`} onClick={() => openChooser(input.current)}>
        {label}
      </Button>
      <input
        ref={input}
        type="file"
        accept={accept}
        hidden
        aria-label={label}
        multiple={multiple}
        onChange={(event) => onChange([...(event.target.files ?? [])])}
      />
      <Typography id={`${id}-file`} variant="body2" color="textSecondary" sx={words}>
        {files.length === 0 ? helper : `${named}, ${sizeWords(size)}`}
      </Typography>
    </Box>
  );
}

/** A file that misses the zone would take the place of the page, with all that was entered. */
function refuseBeside(event: globalThis.DragEvent): void {
  if (event.defaultPrevented || !event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "none";
}

function sizeWords(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const kib = bytes / 1024;
  return kib < 1024 ? `${kib.toFixed(0)} KiB` : `${(kib / 1024).toFixed(1)} MiB`;
}

const words = { flex: "1 1 16rem", minWidth: 0, overflowWrap: "anywhere" };
const zone = {
  alignSelf: "stretch",
  display: "flex",
  flexWrap: "wrap",
  alignItems: "center",
  gap: 2,
  p: 2,
  border: 1,
  borderStyle: "dashed",
  borderRadius: 1,
};
