"use client";
import TextField from "@mui/material/TextField";
import ToggleButton from "@mui/material/ToggleButton";
import ToggleButtonGroup from "@mui/material/ToggleButtonGroup";
import { useMemo, useState } from "react";
import { FileField } from "./FileField";
import type { FetchText, Handed, Refused } from "./preview";
import { handedOf } from "./useManyImports";

const ways = { file: "File", url: "URL", text: "Text" };
type Way = keyof typeof ways;

const kinds = "OpenAPI 3 or Swagger 2, YAML or JSON, up to 10 MiB.";

/** The three ways in. `collect` gives what is handed in, or why there is nothing yet. */
export function useOpenApiSource(onFetch: FetchText) {
  const [way, setWay] = useState<Way>("file");
  const [files, setFiles] = useState<readonly File[]>([]);
  const [url, setUrl] = useState("");
  const [text, setText] = useState("");

  const collect = async (): Promise<Handed | Refused> => {
    const refuse = (message: string): Refused => ({ ok: false, problems: [{ place: "", message }] });
    if (way === "file") {
      const [file] = files;
      return file ? handedOf(file, {}) : refuse("Choose a file.");
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
  const several = useMemo(() => (way === "file" && files.length > 1 ? { files } : null), [way, files]);
  return { several, way, setWay, files, setFiles, url, setUrl, text, setText, collect };
}

export type OpenApiSourceState = ReturnType<typeof useOpenApiSource>;

export function OpenApiSource({ source, multiple }: { source: OpenApiSourceState; multiple?: boolean }) {
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
          helper={
            multiple
              ? `${kinds} It can be dropped here, too; several at once become an API each.`
              : `${kinds} It can be dropped here, too.`
          }
          accept=".yaml,.yml,.json,application/json"
          files={source.files}
          onChange={source.setFiles}
          multiple={multiple}
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
