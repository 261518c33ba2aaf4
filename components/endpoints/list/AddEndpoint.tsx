"use client";
import AddIcon from "@mui/icons-material/Add";
import Box from "@mui/material/Box";
import TextField from "@mui/material/TextField";
import { type FocusEvent, type FormEvent, useEffect, useRef, useState } from "react";
import { MAX_ENDPOINTS } from "#lib/edit/endpoints";
import { parseEndpointUrl } from "#lib/model/url";
import { useAnnounce } from "../../shared/Announcer";
import { SoftIconButton } from "../../shared/SoftButton";
import { titles } from "../fieldIds";

interface Props {
  id: string;
  title: string;
  count: number;
  onAdd: (url: string) => void;
}

export function AddEndpoint(props: Props) {
  const { id, title } = props;
  const { form, text, error, empty, full, type, add, leave } = useTypedUrl(props);
  return (
    <Box
      component="form"
      ref={form}
      noValidate
      onSubmit={add}
      onBlur={leave}
      // The browser's undo while something is typed; that of the page else.
      data-own-undo={empty ? undefined : true}
      sx={{ display: "flex", gap: 0.5, maxWidth: 560 }}
    >
      <TextField
        id={id}
        label="Service URL"
        value={text}
        fullWidth
        autoComplete="off"
        placeholder="http://appserver/resource"
        error={error !== ""}
        helperText={error || (full ? `At most ${MAX_ENDPOINTS} endpoints in one list.` : undefined)}
        disabled={full || undefined}
        onChange={(event) => type(event.target.value)}
        slotProps={{
          htmlInput: {
            "aria-label": title === titles.sandbox ? "Service URL (sandbox)" : undefined,
            spellCheck: false,
            autoCapitalize: "none",
            inputMode: "url",
            maxLength: 2100,
          },
        }}
      />
      <SoftIconButton
        id={`${id}-add-btn`}
        type="submit"
        label={`Add the ${title.toLowerCase()} endpoint`}
        off={empty || full}
        color="primary"
        sx={{ alignSelf: "flex-start", mt: 0.5 }}
      >
        <AddIcon fontSize="small" />
      </SoftIconButton>
    </Box>
  );
}

/** What is typed in the field, until it is a row. */
function useTypedUrl({ id, count, onAdd }: Props) {
  const announce = useAnnounce();
  const [text, setText] = useState("");
  const [error, setError] = useState("");
  const full = count >= MAX_ENDPOINTS;
  const form = useRef<HTMLFormElement>(null);
  // A row that was added, or what is wrong, moves the field that is typed in: it must not end up under the bar.
  // biome-ignore lint/correctness/useExhaustiveDependencies: they are what moves it
  useEffect(() => {
    if (form.current?.contains(document.activeElement)) form.current.scrollIntoView({ block: "nearest" });
  }, [count, error]);
  const empty = text.trim() === "";

  /** Whether what was typed is a row now. */
  const take = (): boolean => {
    const parsed = parseEndpointUrl(text);
    if (!parsed.ok) {
      setError(parsed.message);
      announce(parsed.message);
      return false;
    }
    onAdd(text.trim());
    setText("");
    setError("");
    return true;
  };
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (empty || full) return;
    take();
    document.getElementById(id)?.focus();
  };
  // Whoever types a URL and goes on to Save means it.
  const leave = (event: FocusEvent<HTMLElement>) => {
    if (empty || full || event.currentTarget.contains(event.relatedTarget)) return;
    take();
  };
  const type = (next: string) => {
    setText(next);
    if (error) setError("");
  };
  return { form, text, error, empty, full, type, add, leave };
}
