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
  const set = (change: Partial<Security>, key?: string) =>
    edit((d) => ({ ...d, security: { ...d.security, ...change } }), key && `security-${key}`);
  return (
    <Section title="Security" text="Who may call this API. Single resources can be opened under Resources.">
      <KindField value={security.kind} onChange={(kind) => set({ kind })} />
      {security.kind === "jwt" && (
        <TokenFields security={security} problems={problems} onEdit={set} onLeave={pause} />
      )}
    </Section>
  );
}

interface KindProps {
  value: Security["kind"];
  onChange: (kind: Security["kind"]) => void;
}

function KindField({ value: chosen, onChange }: KindProps) {
  const readOnly = useReadOnly() !== "";
  return (
    <RadioGroup
      aria-label="Security"
      value={chosen}
      onChange={(event) => onChange(event.target.value === "none" ? "none" : "jwt")}
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
  );
}

interface TokenProps {
  security: Security;
  problems: PanelProps["problems"];
  onEdit: (change: Partial<Security>, key?: string) => void;
  onLeave: () => void;
}

function TokenFields({ security, problems, onEdit, onLeave }: TokenProps) {
  const headerProblem = problemUnder(problems, "security", "header");
  return (
    <>
      <Box sx={{ display: "grid", gridTemplateColumns: { sm: "1fr 1fr" }, gap: 2, alignItems: "start" }}>
        <TextField
          id="security-header"
          label="Token header"
          value={security.header}
          error={Boolean(headerProblem)}
          helperText={headerProblem ?? "Authorization unless you change it"}
          onChange={(event) => onEdit({ header: event.target.value }, "header")}
          onBlur={() => {
            if (security.header !== security.header.trim()) {
              onEdit({ header: security.header.trim() }, "header");
            }
            onLeave();
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
          onChange={(audiences) => onEdit({ audiences }, "audiences")}
          onLeave={onLeave}
        />
      </Box>
      <SwitchField
        id="security-forwardToken"
        label="Pass the token on"
        text="The backend gets the header that carried the token."
        checked={security.forwardToken}
        onChange={(forwardToken) => onEdit({ forwardToken })}
      />
    </>
  );
}
