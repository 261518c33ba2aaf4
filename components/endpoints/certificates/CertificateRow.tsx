"use client";
import BinIcon from "@mui/icons-material/DeleteOutlined";
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { useEffect, useState } from "react";
import { type CertificateInfo, expiryOf } from "#lib/traffic/trustedCertificates";
import { useAnnounce } from "../../shared/Announcer";
import { answerOf, type Change, failureText } from "../../shared/actionResults";
import { ConfirmDialog } from "../../shared/ConfirmDialog";
import { SoftIconButton } from "../../shared/SoftButton";
import { StateMark } from "../../shared/StateMark";

const marks = { fine: "none", soon: "warn", expired: "bad" } as const;
const words = { fine: "Valid until", soon: "Ends soon:", expired: "Expired on" };

export function CertificateRow({
  certificate,
  onRemove,
}: {
  certificate: CertificateInfo;
  onRemove: Change;
}) {
  const { id, alias, origin, subject, expiresAt } = certificate;
  const announce = useAnnounce();
  const [asking, setAsking] = useState(false);
  const [failure, setFailure] = useState("");
  // The server's clock and the browser's may stand on two sides of the day.
  const [expiry, setExpiry] = useState<keyof typeof marks>("fine");
  useEffect(() => setExpiry(expiryOf(expiresAt, Date.now())), [expiresAt]);

  const remove = async () => {
    const result = await answerOf(onRemove(id));
    setAsking(false);
    if (result.ok) announce(`Certificate ${alias} removed`);
    else setFailure(result.kind === "missing" ? "It was removed meanwhile." : failureText(result));
  };

  return (
    <Box component="li" aria-label={alias} sx={row}>
      <Box sx={{ minWidth: 0, flex: 1 }}>
        <Typography variant="body2" sx={{ fontWeight: 500, overflowWrap: "anywhere" }}>
          {alias}
        </Typography>
        <Typography variant="caption" component="p" color="textSecondary" sx={{ overflowWrap: "anywhere" }}>
          {subject} · for {origin}
        </Typography>
        <StateMark tone={failure ? "bad" : marks[expiry]}>
          {failure || `${words[expiry]} ${expiresAt.slice(0, 10)}`}
        </StateMark>
      </Box>
      <SoftIconButton
        label={`Remove certificate ${alias}`}
        needs="api.deploy"
        onClick={() => setAsking(true)}
      >
        <BinIcon fontSize="small" />
      </SoftIconButton>
      <ConfirmDialog
        open={asking}
        title={`Remove ${alias}?`}
        text={`Requests to ${origin} fail at once if its certificate is trusted by this one alone.`}
        confirm="Remove"
        onConfirm={remove}
        onClose={() => setAsking(false)}
      />
    </Box>
  );
}

const row = {
  display: "flex",
  alignItems: "flex-start",
  gap: 1,
  py: 1,
  borderTop: 1,
  borderColor: "divider",
};
