"use client";
import TextField from "@mui/material/TextField";
import ToggleButton from "@mui/material/ToggleButton";
import ToggleButtonGroup from "@mui/material/ToggleButtonGroup";
import { useState } from "react";
import { changedWords, readChosen } from "../shared/chosenFile";
import { FileField } from "./FileField";
import type { FetchText, Handed, Refused } from "./preview";

const ways = { file: "File", url: "URL", text: "Text" };
type Way = keyof typeof ways;

/** The three ways in. `collect` gives what is handed in, or why there is nothing yet. */
export function useOpenApiSource(onFetch: FetchText) {
  const [way, setWay] = useState<Way>("file");
  const [file, setFile] = useState<File | null>(null);
  const [url, setUrl] = useState("");
  const [text, setText] = useState("");

  const collect = async (): Promise<Handed | Refused> => {
    const refuse = (message: string): Refused => ({ ok: false, problems: [{ place: "", message }] });
    if (way === "file") {
      if (!file) return refuse("Choose a file.");
      const content = await readChosen(file);
      return content ? { file: content, name: file.name } : refuse(changedWords(file));
    }
    if (way === "text") {
      return text.trim()
        ? { file: new Blob([text]), name: "pasted.yaml" }
        : refuse("Paste the text of the definition.");
    }
    if (url.trim() === "") return refuse("Enter the URL of the definition.");
    const address = url.trim();
    const fetched = await onFetch(address).catch(() => null);
    if (!fetched) return refuse("Sluice does not answer. Is it still running?");
    if (!fetched.ok) return refuse(fetched.message);
    return { file: new Blob([fetched.text]), name: "fetched.yaml", address };
  };
  return { way, setWay, file, setFile, url, setUrl, text, setText, collect };
}

export type OpenApiSourceState = ReturnType<typeof useOpenApiSource>;

export function OpenApiSource({ source }: { source: OpenApiSourceState }) {
  const { way } = source;
  return (
    <>
      <ToggleButtonGroup
        exclusive
        size="small"
        color="primary"
        value={way}
        aria-label="Where the definition comes from"
        onChange={(_event, next: Way | null) => next && source.setWay(next)}
      >
        {Object.entries(ways).map(([key, label]) => (
          <ToggleButton key={key} value={key}>
            {label}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
      {way === "file" && (
        <FileField
          label="Choose a file"
          helper="OpenAPI 3 or Swagger 2, YAML or JSON, up to 10 MiB. It can be dropped here, too."
          accept=".yaml,.yml,.json,application/json"
          file={source.file}
          onChange={source.setFile}
        />
      )}
      {way === "url" && (
        <TextField
          label="URL of the definition"
          placeholder="https://example.com/openapi.yaml"
          helperText="It is fetched by the publisher, not by this browser. Redirects are not followed."
          value={source.url}
          onChange={(event) => source.setUrl(event.target.value)}
          autoComplete="off"
          fullWidth
        />
      )}
      {way === "text" && (
        <TextField
          label="Text of the definition"
          value={source.text}
          onChange={(event) => source.setText(event.target.value)}
          multiline
          minRows={8}
          maxRows={20}
          fullWidth
          slotProps={{
            htmlInput: { spellCheck: false, style: { fontFamily: "monospace", fontSize: "0.8125rem" } },
          }}
        />
      )}
    </>
  );
}
