"use client";
import DeleteIcon from "@mui/icons-material/DeleteOutlined";
import EditIcon from "@mui/icons-material/EditOutlined";
import Box from "@mui/material/Box";
import FormControlLabel from "@mui/material/FormControlLabel";
import Switch from "@mui/material/Switch";
import Typography from "@mui/material/Typography";
import { useEffect, useOptimistic, useRef, useState, useTransition } from "react";
import { answerOf } from "../shared/actionResults";
import { SoftButton, SoftIconButton } from "../shared/SoftButton";
import { StateMark } from "../shared/StateMark";
import type { Issuer, IssuerActions } from "./settingsResults";

interface Props {
  issuer: Issuer;
  /** Added just now: whether its keys can be read is told without being asked. */
  fresh: boolean;
  onCheck: IssuerActions["onCheck"];
  onEnable: (enabled: boolean) => Promise<void>;
  onEdit: () => void;
  onDelete: () => void;
}

interface Checked {
  good: boolean;
  text: string;
}

export function IssuerRow({ issuer, fresh, onCheck, onEnable, onEdit, onDelete }: Props) {
  const [checked, setChecked] = useState<Checked | null>(null);
  const [checking, startCheck] = useTransition();
  const { name } = issuer;
  const [enabled, show] = useOptimistic(issuer.enabled);
  const [, startEnabling] = useTransition();
  const enable = (on: boolean) =>
    startEnabling(async () => {
      show(on);
      await onEnable(on);
    });
  const check = () =>
    startCheck(async () => {
      const result = await answerOf(onCheck(issuer.jwksUrl));
      setChecked({ good: result.ok && result.state === "up", text: result.message });
    });
  const known = useRef(fresh ? "" : issuer.jwksUrl);
  useEffect(() => {
    if (known.current === issuer.jwksUrl) return;
    known.current = issuer.jwksUrl;
    check();
  });
  return (
    <Box component="li" aria-label={name} sx={row}>
      <IssuerWords issuer={issuer} checking={checking} checked={checked} />
      <Box sx={{ display: "flex", alignItems: "center", flexWrap: "wrap" }}>
        <FormControlLabel
          control={
            <Switch
              checked={enabled}
              onChange={(event) => enable(event.target.checked)}
              slotProps={{ input: { "aria-label": `Accept the tokens of ${name}` } }}
            />
          }
          label={enabled ? "On" : "Off"}
        />
        <SoftButton size="small" off={checking} aria-label={`Check ${name}`} onClick={check}>
          Check
        </SoftButton>
        <SoftIconButton label={`Edit ${name}`} onClick={onEdit}>
          <EditIcon fontSize="small" />
        </SoftIconButton>
        <SoftIconButton label={`Delete ${name}`} onClick={onDelete}>
          <DeleteIcon fontSize="small" />
        </SoftIconButton>
      </Box>
    </Box>
  );
}

interface WordsProps {
  issuer: Issuer;
  checking: boolean;
  checked: Checked | null;
}

function IssuerWords({ issuer, checking, checked }: WordsProps) {
  const { name, audiences, gatewayProblem } = issuer;
  return (
    <Box sx={{ flex: "1 1 260px", minWidth: 0, overflowWrap: "anywhere" }}>
      <Typography sx={{ fontWeight: 600 }}>{name}</Typography>
      <Typography variant="body2" color="textSecondary">
        {issuer.issuer}
        <br />
        {issuer.jwksUrl}
        <br />
        {audiences.length > 0 ? `Audiences: ${audiences.join(", ")}` : "Any audience"}
      </Typography>
      {gatewayProblem !== null && (
        <StateMark tone="bad">The gateway cannot read its keys: {gatewayProblem}</StateMark>
      )}
      <Box role="status">
        {checking && <StateMark tone="none">Checking</StateMark>}
        {!checking && checked && <StateMark tone={checked.good ? "good" : "bad"}>{checked.text}</StateMark>}
      </Box>
    </Box>
  );
}

const row = {
  display: "flex",
  flexWrap: "wrap",
  gap: 1.5,
  py: 1.5,
  borderBottom: 1,
  borderColor: "divider",
  "&:last-child": { borderBottom: 0 },
};
