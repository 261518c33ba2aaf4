"use client";
import SearchIcon from "@mui/icons-material/SearchOutlined";
import InputAdornment from "@mui/material/InputAdornment";
import TextField from "@mui/material/TextField";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState, useTransition } from "react";

const PAUSE_MS = 250;

interface Props {
  search: string;
  /** The list's page, which takes `?search=`. */
  path: string;
  label: string;
  placeholder: string;
}

export function SearchField({ search, path, label, placeholder }: Props) {
  const router = useRouter();
  const [text, setText] = useState(search);
  const [, startTransition] = useTransition();
  const asked = useRef(search);

  useEffect(() => {
    const wanted = text.trim();
    if (wanted === asked.current) return;
    const timer = setTimeout(() => {
      asked.current = wanted;
      startTransition(() =>
        router.replace(wanted ? `${path}?${new URLSearchParams({ search: wanted })}` : path),
      );
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, router, path]);

  return (
    <TextField
      type="search"
      value={text}
      onChange={(event) => setText(event.target.value)}
      placeholder={placeholder}
      sx={{ width: { xs: "100%", sm: 300 }, order: { xs: 1, sm: 0 }, bgcolor: "background.paper" }}
      slotProps={{
        htmlInput: { "aria-label": label, maxLength: 200 },
        input: {
          startAdornment: (
            <InputAdornment position="start">
              <SearchIcon fontSize="small" />
            </InputAdornment>
          ),
        },
      }}
    />
  );
}
