"use client";
import Box from "@mui/material/Box";
import FormControlLabel from "@mui/material/FormControlLabel";
import Radio from "@mui/material/Radio";
import RadioGroup from "@mui/material/RadioGroup";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import type { ApiDefinition } from "#lib/edit/api";
import { problemUnder } from "../editor/problems";
import { Section } from "../editor/Section";
import { SwitchField } from "../editor/SwitchField";
import { WordsField } from "../editor/WordsField";
import { useReadOnly } from "../shared/ReadOnly";
import type { PanelProps } from "./panel";

type Security = ApiDefinition["security"];

const kinds: { value: Security["kind"]; label: string; text: string }[] = [
  { value: "jwt", label: "JWT", text: "Callers send a token. Its key type chooses production or sandbox." },
  { value: "none", label: "None", text: "Anybody may call, without a token." },
];

export function SecurityPanel({ definition, edit, problems, pause }: PanelProps) {
  const { security } = definition;
  const readOnly = useReadOnly() !== "";
  const set = (change: Partial<Security>, key?: string) =>
    edit((d) => ({ ...d, security: { ...d.security, ...change } }), key && `security-${key}`);
  return (
    <Section title="Security" text="Who may call this API. Single resources can be opened under Resources.">
      <RadioGroup
        aria-label="Security"
        value={security.kind}
        onChange={(event) => set({ kind: event.target.value === "none" ? "none" : "jwt" })}
      >
        {kinds.map(({ value, label, text }) => (
          <FormControlLabel
            key={value}
            value={value}
            disabled={readOnly}
            control={
              <Radio
                size="small"
                slotProps={{ input: { "aria-label": label, "aria-describedby": `security-${value}-text` } }}
              />
            }
            label={
              <Box sx={{ py: 0.5 }}>
                {label}
                <Typography
                  component="span"
                  variant="body2"
                  color="textSecondary"
                  id={`security-${value}-text`}
                  sx={{ display: "block" }}
                >
                  {text}
                </Typography>
              </Box>
            }
          />
        ))}
      </RadioGroup>
      {security.kind === "jwt" && (
        <>
          <Box sx={{ display: "grid", gridTemplateColumns: { sm: "1fr 1fr" }, gap: 2, alignItems: "start" }}>
            <TextField
              id="security-header"
              label="Token header"
              value={security.header}
              error={Boolean(problemUnder(problems, "security", "header"))}
              helperText={
                problemUnder(problems, "security", "header") ?? "Authorization unless you change it"
              }
              onChange={(event) => set({ header: event.target.value }, "header")}
              onBlur={() => {
                if (security.header !== security.header.trim()) {
                  set({ header: security.header.trim() }, "header");
                }
                pause();
              }}
              autoComplete="off"
              slotProps={{ htmlInput: { spellCheck: false } }}
            />
            <WordsField
              id="security-audiences"
              label="Audiences"
              placeholder="any"
              value={security.audiences}
              problem={problemUnder(problems, "security", "audiences")}
              helper="A token has to name one of them; empty accepts any"
              onChange={(audiences) => set({ audiences }, "audiences")}
              onLeave={pause}
            />
          </Box>
          <SwitchField
            id="security-forwardToken"
            label="Pass the token on"
            text="The backend gets the header that carried the token."
            checked={security.forwardToken}
            onChange={(forwardToken) => set({ forwardToken })}
          />
        </>
      )}
    </Section>
  );
}
