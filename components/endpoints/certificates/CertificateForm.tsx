"use client";
import UploadIcon from "@mui/icons-material/UploadFileOutlined";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import MenuItem from "@mui/material/MenuItem";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { type FormEvent, useRef, useState } from "react";
import { zodProblems } from "#lib/schemas/definition";
import { NewCertificate } from "#lib/traffic/trustedCertificates";
import { useAnnounce } from "../../shared/Announcer";
import { type AddCertificate, answerOf, failureText } from "../../shared/actionResults";
import { changedWords, openChooser, readChosen } from "../../shared/chosenFile";
import { FailureWords } from "../../shared/FailureWords";
import { useShowWrong } from "../../shared/useShowWrong";

interface Props {
  origins: string[];
  onAdd: AddCertificate;
  onBusy: (busy: boolean) => void;
  onDone: () => void;
}

/** More than any chain of certificates has, bytes. */
const MAX_BYTES = 70_000;

const ids: Record<string, string> = {
  origin: "certs-endpoint",
  alias: "certs-alias",
  certificate: "certs-text",
};

export function CertificateForm(props: Props) {
  const { form, file, problems, failure, set, choose, save } = useCertificateForm(props);
  return (
    <Stack component="form" id="certs-form" noValidate onSubmit={save} spacing={2.5} sx={{ pt: 1 }}>
      {failure && (
        <Alert severity="error">
          <FailureWords>{failure}</FailureWords>
        </Alert>
      )}
      <TextField
        select
        id={ids.origin}
        label="Server"
        value={form.origin}
        error={Boolean(problems.origin)}
        helperText={problems.origin ?? "The certificate counts for this server alone."}
        onChange={(event) => set({ origin: event.target.value })}
      >
        {props.origins.map((origin) => (
          <MenuItem key={origin} value={origin}>
            {origin}
          </MenuItem>
        ))}
      </TextField>
      <TextField
        id={ids.alias}
        label="Alias"
        required
        value={form.alias}
        error={Boolean(problems.alias)}
        helperText={problems.alias ?? "A name to find it by."}
        onChange={(event) => set({ alias: event.target.value })}
        autoComplete="off"
      />
      <FileChoice name={file} onChoose={choose} />
      <TextField
        id={ids.certificate}
        label="Certificate"
        required
        multiline
        minRows={4}
        maxRows={8}
        placeholder="-----BEGIN CERTIFICATE-----"
        value={form.certificate}
        error={Boolean(problems.certificate)}
        helperText={problems.certificate ?? "The server's own, or that of the authority that issued it."}
        onChange={(event) => set({ certificate: event.target.value })}
        slotProps={{ htmlInput: { spellCheck: false, style: monospace }, inputLabel: { shrink: true } }}
      />
    </Stack>
  );
}

function useCertificateForm({ origins, onAdd, onBusy, onDone }: Props) {
  const announce = useAnnounce();
  const showWrong = useShowWrong();
  const [form, setForm] = useState({ origin: origins[0] ?? "", alias: "", certificate: "" });
  const [file, setFile] = useState("");
  const [problems, setProblems] = useState<Record<string, string>>({});
  const [failure, setFailure] = useState("");
  const set = (change: Partial<typeof form>) => {
    setForm({ ...form, ...change });
    setProblems({});
  };

  const choose = async (chosen: File | undefined) => {
    if (!chosen) return;
    const content = await readChosen(chosen);
    if (!content) return setFailure(changedWords(chosen));
    const certificate = await textOf(content);
    setFailure("");
    setFile(chosen.name);
    set({ certificate, alias: form.alias || chosen.name.replace(/\.[^.]*$/, "").slice(0, 100) });
  };

  const save = async (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    setFailure("");
    const parsed = NewCertificate.safeParse(form);
    if (!parsed.success) return show(zodProblems(parsed.error));
    onBusy(true);
    const result = await answerOf(onAdd(parsed.data));
    onBusy(false);
    if (result.ok) {
      announce(`Certificate ${result.certificate.alias} added`);
      return onDone();
    }
    if (result.kind === "failed") setFailure(failureText(result));
    else show(result.problems);
  };

  const show = (found: { path: (string | number)[]; message: string }[]) => {
    setProblems(Object.fromEntries(found.map((p) => [String(p.path[0]), p.message]).reverse()));
    showWrong(ids[String(found[0]?.path[0])] ?? "");
  };

  return { form, file, problems, failure, set, choose, save };
}

interface FileChoiceProps {
  name: string;
  onChoose: (file: File | undefined) => Promise<void>;
}

function FileChoice({ name, onChoose }: FileChoiceProps) {
  const fileInput = useRef<HTMLInputElement>(null);
  return (
    <Box sx={{ display: "flex", alignItems: "center", gap: 1.5 }}>
      <Button variant="outlined" startIcon={<UploadIcon />} onClick={() => openChooser(fileInput.current)}>
        Choose a file
      </Button>
      <input
        ref={fileInput}
        hidden
        type="file"
        accept=".pem,.crt,.cer,.der,.cert"
        aria-label="Certificate file (PEM or DER)"
        onChange={(event) => void onChoose(event.target.files?.[0])}
      />
      <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: "anywhere" }}>
        {name || "or paste it below"}
      </Typography>
    </Box>
  );
}

const monospace = { fontFamily: "ui-monospace, monospace", fontSize: "0.75rem" };

/** PEM files as they are; others, which are binary, as base64. */
async function textOf(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.slice(0, MAX_BYTES).arrayBuffer());
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return text.includes("-----BEGIN ") ? text : btoa(text);
}
