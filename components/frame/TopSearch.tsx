"use client";
import SearchIcon from "@mui/icons-material/SearchOutlined";
import Box from "@mui/material/Box";
import InputAdornment from "@mui/material/InputAdornment";
import TextField from "@mui/material/TextField";
import { usePathname, useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { useAccess } from "../shared/Access";
import { askBefore } from "../shared/leaving";

/** Finds an API from anywhere. The list has a search of its own, and a narrow screen has no room for a second one. */
export function TopSearch() {
  const router = useRouter();
  const { can } = useAccess();
  const [text, setText] = useState("");
  if (usePathname() === "/apis" || !can("api.read")) return null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const search = text.trim();
    askBefore(() => {
      router.push(search ? `/apis?${new URLSearchParams({ search })}` : "/apis");
      // The list has it now.
      setText("");
    });
  };
  return (
    <Box
      component="form"
      role="search"
      action="/apis"
      onSubmit={submit}
      sx={{ display: { xs: "none", md: "block" } }}
    >
      <TextField
        type="search"
        name="search"
        value={text}
        onChange={(event) => setText(event.target.value)}
        placeholder="Find an API"
        sx={{ width: "13.75rem" }}
        slotProps={{
          htmlInput: {
            "aria-label": "Find an API",
            maxLength: 200,
            enterKeyHint: "search",
            "data-own-undo": true,
          },
          input: {
            startAdornment: (
              <InputAdornment position="start">
                <SearchIcon fontSize="small" />
              </InputAdornment>
            ),
          },
        }}
      />
    </Box>
  );
}
