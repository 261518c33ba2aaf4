"use client";
import LockIcon from "@mui/icons-material/LockOutlined";
import CheckIcon from "@mui/icons-material/NetworkCheckOutlined";
import CogIcon from "@mui/icons-material/SettingsOutlined";
import Box from "@mui/material/Box";
import Checkbox from "@mui/material/Checkbox";
import FormControlLabel from "@mui/material/FormControlLabel";
import Typography from "@mui/material/Typography";
import { securityKindName } from "#lib/edit/endpointSecurity";
import { type EndpointGroup, editEndpoint, type KeyType, setFirstUrl } from "#lib/edit/endpoints";
import type { ProblemAt } from "../editor/problems";
import type { EditGroups } from "../editor/useEditor";
import { SoftIconButton } from "../shared/SoftButton";
import { StateMark } from "../shared/StateMark";
import { titles, topFieldId } from "./fieldIds";
import { CheckWords } from "./list/CheckWords";
import { EndpointLive } from "./list/EndpointLive";
import { EndpointWarnings } from "./list/EndpointWarnings";
import { UrlField } from "./list/UrlField";
import type { Checks } from "./list/useChecks";
import { newEndpointId } from "./newId";

interface Props {
  keyType: KeyType;
  group: EndpointGroup;
  edit: EditGroups;
  pause: () => void;
  problemAt: ProblemAt;
  insist: boolean;
  /** What it means that it is not ticked. */
  unticked?: string | undefined;
  checks: Checks;
  onConfigure: (keyType: KeyType, id: string) => void;
  onSecure: (keyType: KeyType) => void;
}

export function KeyTypeField(props: Props) {
  const { keyType, group, checks, unticked } = props;
  const editGroup = editorOf(props);
  const [first] = group.endpoints;
  const url = first?.url ?? "";
  const hidden = !group.enabled && unticked !== undefined && url === "";
  return (
    <Box>
      <FormControlLabel
        control={
          <Checkbox
            id={`${keyType}-endpoint-checkbox`}
            size="small"
            checked={group.enabled}
            onChange={(event) => editGroup((g) => ({ ...g, enabled: event.target.checked }))}
          />
        }
        label={`${titles[keyType]} Endpoint`}
        slotProps={{ typography: { sx: { fontWeight: 500 } } }}
      />
      {!group.enabled && (unticked || url === "") && (
        <Typography
          variant="body2"
          color="textSecondary"
          sx={{ pl: 3.5, pb: 1.25, overflowWrap: "anywhere" }}
        >
          {unticked ?? "Tick it to enter a URL."}
        </Typography>
      )}
      <Box sx={{ ...field, display: hidden ? "none" : "flex" }}>
        <FirstUrl {...props} />
        <Buttons {...props} />
      </Box>
      {isUsable(group) && first && (
        <Box sx={{ display: "flex", flexWrap: "wrap", columnGap: 2, pl: 1.75, pt: 0.5 }}>
          <EndpointLive endpoint={first} />
          <EndpointWarnings endpoint={first} />
          {group.security.kind !== "none" && (
            <StateMark tone="none">Endpoint security: {securityKindName(group.security.kind)}</StateMark>
          )}
          <CheckWords check={checks.checks[first.id]} url={url} />
        </Box>
      )}
    </Box>
  );
}

const isUsable = ({ enabled, endpoints: [first] }: EndpointGroup) =>
  enabled && (first?.url ?? "").trim() !== "";

const editorOf =
  ({ keyType, edit }: Props) =>
  (change: (g: EndpointGroup) => EndpointGroup, key?: string) =>
    edit((groups) => ({ ...groups, [keyType]: change(groups[keyType]) }), key);

function FirstUrl(props: Props) {
  const { keyType, group, pause, problemAt, insist } = props;
  const editGroup = editorOf(props);
  const [first] = group.endpoints;
  const url = first?.url ?? "";
  const leave = () => {
    if (first && url !== url.trim())
      editGroup((g) => editEndpoint(g, first.id, { url: url.trim() }), `${keyType}-first`);
    pause();
  };
  const type = (text: string) => {
    const id = newEndpointId();
    editGroup((g) => setFirstUrl(g, text, id), `${keyType}-first`);
  };
  const problem = first
    ? problemAt("endpoints", keyType, "endpoints", 0, "url")
    : problemAt("endpoints", keyType, "endpoints");
  return (
    <UrlField
      id={topFieldId(keyType)}
      label={`${titles[keyType]} Endpoint URL`}
      value={url}
      disabled={!group.enabled}
      problem={problem}
      insist={insist}
      onChange={type}
      onLeave={leave}
    />
  );
}

function Buttons({ keyType, group, checks, onConfigure, onSecure }: Props) {
  const [first] = group.endpoints;
  const url = first?.url ?? "";
  // Both may have the same URL.
  const called = (url && ` ${url.trim()}`) + (keyType === "sandbox" ? " (sandbox)" : "");
  const usable = isUsable(group);
  return (
    <>
      <SoftIconButton
        id={`${keyType}_endpoints-endpoint-test-icon-btn`}
        label={`Check endpoint status${called}`}
        off={!usable}
        onClick={() => first && void checks.check(first)}
        sx={{ mt: "calc(0.5rem - 4px)" }}
      >
        <CheckIcon fontSize="small" />
      </SoftIconButton>
      <SoftIconButton
        id={`${keyType}_endpoints-endpoint-configuration-icon-btn`}
        label={`Endpoint configurations${called}`}
        harmless
        off={!usable}
        onClick={() => first && onConfigure(keyType, first.id)}
        sx={{ mt: "calc(0.5rem - 4px)" }}
      >
        <CogIcon fontSize="small" />
      </SoftIconButton>
      <SoftIconButton
        id={`${keyType}_endpoints-endpoint-security-icon-btn`}
        label={`Endpoint security ${titles[keyType].toLowerCase()}`}
        harmless
        off={!group.enabled}
        color={group.security.kind === "none" ? "default" : "primary"}
        onClick={() => onSecure(keyType)}
        sx={{ mt: "calc(0.5rem - 4px)" }}
      >
        <LockIcon fontSize="small" />
      </SoftIconButton>
    </>
  );
}

const field = {
  gap: 0.5,
  alignItems: "flex-start",
};
