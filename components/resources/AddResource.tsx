"use client";
import AddIcon from "@mui/icons-material/Add";
import Box from "@mui/material/Box";
import MenuItem from "@mui/material/MenuItem";
import TextField from "@mui/material/TextField";
import { type FormEvent, useState } from "react";
import { type HttpMethod, httpMethods, Resource } from "#lib/api";
import { useAnnounce } from "../shared/Announcer";
import { SoftButton } from "../shared/SoftButton";

interface Props {
  resources: Resource[];
  onAdd: (resource: Resource) => void;
  onAddDefaults: () => void;
}

export function AddResource({ resources, onAdd, onAddDefaults }: Props) {
  const announce = useAnnounce();
  const [method, setMethod] = useState<HttpMethod>("GET");
  const [path, setPath] = useState("");
  const [problem, setProblem] = useState("");

  const add = (event: FormEvent) => {
    event.preventDefault();
    const trimmed = path.trim();
    const parsed = Resource.safeParse({ method, path: trimmed.startsWith("/") ? trimmed : `/${trimmed}` });
    const taken =
      parsed.success && resources.some((r) => r.method === method && r.path === parsed.data.path)
        ? `${method} ${parsed.data.path} is there already.`
        : undefined;
    const wrong = trimmed === "" ? "Enter a path, such as /menu/{id}." : parsed.error?.issues[0]?.message;
    setProblem(wrong ?? taken ?? "");
    if (wrong || taken || !parsed.success) return document.getElementById("new-resource-path")?.focus();
    onAdd(parsed.data);
    announce(`Added ${method} ${parsed.data.path}.`);
    setPath("");
  };

  return (
    <Box component="form" noValidate onSubmit={add} data-own-undo sx={form}>
      <TextField
        select
        id="new-resource-method"
        label="Method"
        value={method}
        onChange={(event) => setMethod(event.target.value as HttpMethod)}
        sx={{ minWidth: 116 }}
      >
        {httpMethods.map((m) => (
          <MenuItem key={m} value={m}>
            {m}
          </MenuItem>
        ))}
      </TextField>
      <TextField
        id="new-resource-path"
        label="Path"
        placeholder="/menu/{id}"
        value={path}
        error={problem !== ""}
        helperText={problem || "{name} stands for one segment, /* for the rest"}
        onChange={(event) => setPath(event.target.value)}
        autoComplete="off"
        sx={{ flex: "1 1 200px" }}
        slotProps={{ htmlInput: { spellCheck: false, maxLength: 1_000 }, inputLabel: { shrink: true } }}
      />
      <SoftButton type="submit" variant="outlined" startIcon={<AddIcon />}>
        Add
      </SoftButton>
      {resources.length === 0 && (
        <SoftButton onClick={onAddDefaults}>Add every usual method on every path</SoftButton>
      )}
    </Box>
  );
}

const form = { display: "flex", flexWrap: "wrap", alignItems: "flex-start", gap: 1.5, pt: 1 };
