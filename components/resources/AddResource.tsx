"use client";
import AddIcon from "@mui/icons-material/Add";
import TickedIcon from "@mui/icons-material/CheckBox";
import UntickedIcon from "@mui/icons-material/CheckBoxOutlineBlank";
import Box from "@mui/material/Box";
import MenuItem from "@mui/material/MenuItem";
import TextField from "@mui/material/TextField";
import { type FormEvent, useState } from "react";
import {
  bracesProblem,
  type HttpMethod,
  httpMethods,
  newResource,
  operationName,
  type Resource,
  resourcePathProblem,
  shadowedResources,
} from "#lib/edit/api";
import { templateProblem } from "#lib/traffic/matcher";
import { useAnnounce } from "../shared/Announcer";
import { SoftButton } from "../shared/SoftButton";

interface Props {
  resources: Resource[];
  onAdd: (resources: Resource[]) => void;
  onAddDefaults: () => void;
}

export function AddResource({ resources, onAdd, onAddDefaults }: Props) {
  const announce = useAnnounce();
  const [methods, setMethods] = useState<HttpMethod[]>(["GET"]);
  const [path, setPath] = useState("");
  const [problem, setProblem] = useState("");

  const add = (event: FormEvent) => {
    event.preventDefault();
    const { wrong, added, words } = readResource(resources, methods, path);
    setProblem(wrong);
    if (wrong) {
      announce(wrong);
      return document.getElementById("new-resource-path")?.focus();
    }
    onAdd(added);
    announce(words);
    setPath("");
    // The list above has grown, and what has the focus already is not scrolled to.
    requestAnimationFrame(() =>
      document.getElementById("new-resource-path")?.scrollIntoView({ block: "nearest" }),
    );
  };

  return (
    <Box component="form" noValidate onSubmit={add} data-own-undo sx={form}>
      <MethodsField value={methods} onChange={setMethods} />
      <TextField
        id="new-resource-path"
        label="Path"
        placeholder="/menu/{id}"
        value={path}
        error={problem !== ""}
        helperText={problem || "{name} stands for one segment, /* for the rest"}
        onChange={(event) => {
          setPath(event.target.value);
          setProblem("");
        }}
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

interface MethodsProps {
  value: HttpMethod[];
  onChange: (methods: HttpMethod[]) => void;
}

function MethodsField({ value: methods, onChange }: MethodsProps) {
  return (
    <TextField
      select
      id="new-resource-method"
      label="Methods"
      value={methods}
      onChange={(event) => onChange([...(event.target.value as unknown as HttpMethod[])])}
      sx={{ width: "11.875rem" }}
      slotProps={{
        select: {
          multiple: true,
          renderValue: (value) => httpMethods.filter((m) => (value as string[]).includes(m)).join(", "),
        },
      }}
    >
      {httpMethods.map((m) => (
        <MenuItem key={m} value={m}>
          {methods.includes(m) ? (
            <TickedIcon fontSize="small" sx={tick} />
          ) : (
            <UntickedIcon fontSize="small" sx={tick} />
          )}
          {m}
        </MenuItem>
      ))}
    </TextField>
  );
}

/** What is wrong with what was entered; else the resources that it makes, and what is to be said of them. */
function readResource(resources: readonly Resource[], methods: readonly HttpMethod[], path: string) {
  const trimmed = path.trim();
  const full = trimmed.startsWith("/") ? trimmed : `/${trimmed}`;
  const there = new Set(resources.map(operationName));
  const wanted = httpMethods.filter((m) => methods.includes(m)).map((method) => newResource(method, full));
  const added = wanted.filter((o) => !there.has(operationName(o)));
  const taken = wanted.filter((o) => there.has(operationName(o))).map(operationName);
  const listed = (names: string[]) => names.join(", ");
  const isThere = `${listed(taken)} ${taken.length > 1 ? "are" : "is"} there already.`;
  const wrong =
    (trimmed === "" && "Enter a path, such as /menu/{id}.") ||
    (wanted.length === 0 && "Choose a method.") ||
    resourcePathProblem(full) ||
    templateProblem(full) ||
    bracesProblem(full) ||
    shadowed(resources, added) ||
    (added.length === 0 && isThere) ||
    "";
  const words = `Added ${listed(added.map(operationName))}.${taken.length > 0 ? ` ${isThere}` : ""}`;
  return { wrong, added, words };
}

/** Of two templates of one shape the first takes every call. */
function shadowed(resources: readonly Resource[], added: readonly Resource[]): string | undefined {
  const all = [...resources, ...added];
  const taker = added.flatMap((_, i) => shadowedResources(all).get(resources.length + i) ?? [])[0];
  return taker === undefined ? undefined : `${operationName(all[taker]!)} takes the same calls already.`;
}

const form = { display: "flex", flexWrap: "wrap", alignItems: "flex-start", gap: 1.5, pt: 1 };
const tick = { mr: 1, color: "primary.main" };
