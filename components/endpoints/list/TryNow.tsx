"use client";
import Box from "@mui/material/Box";
import { useState } from "react";
import { endpointLabel } from "#lib/model/url";
import type { EndpointStatus, TryResult } from "#lib/status";
import { useLive } from "../../frame/LiveContext";
import { useAnnounce } from "../../shared/Announcer";
import { FailureWords } from "../../shared/FailureWords";
import { postOwn } from "../../shared/postOwn";
import { SoftButton } from "../../shared/SoftButton";

/** Takes an endpoint that is or was suspended back, if it answers the gateway's own check. */
export function TryNow({ status }: { status: EndpointStatus }) {
  const { id } = useLive();
  const announce = useAnnounce();
  const [busy, setBusy] = useState(false);
  /** Of a try during the suspension that began at `since`. */
  const [met, setMet] = useState<{ since: string | null; words: string } | null>(null);
  if (status.state !== "suspended" && status.state !== "halfOpen") return null;
  const name = endpointLabel(status.url);
  const send = async () => {
    setBusy(true);
    setMet(null);
    const result = await postOwn<TryResult>(`/apis/${id}/try-endpoint`, { endpointId: status.id });
    setBusy(false);
    const words = !result.ok
      ? result.message
      : result.answer.open
        ? `It takes requests again: ${result.answer.message}`
        : `Tried, and left as it is: ${result.answer.message}`;
    setMet({ since: status.since, words });
    announce(`${name}: ${words}`);
  };
  return (
    <Box
      component="span"
      sx={{ display: "inline-flex", flexWrap: "wrap", alignItems: "center", columnGap: 1.5 }}
    >
      <SoftButton
        size="small"
        needs="api.deploy"
        aria-label={`Try it now ${name}`}
        off={busy}
        onClick={send}
        sx={{ py: 0, px: 0.5, mx: -0.5, my: "-2px", minHeight: 24, minWidth: 0 }}
      >
        {busy ? "Trying…" : "Try it now"}
      </SoftButton>
      {met && isSame(met.since, status.since) && (
        <Box component="span" sx={{ typography: "body2", overflowWrap: "anywhere" }}>
          <FailureWords>{met.words}</FailureWords>
        </Box>
      )}
    </Box>
  );
}

/** The gateway tells times to the millisecond, now rounded up and now down. */
const isSame = (a: string | null, b: string | null) =>
  Math.abs(Date.parse(a ?? "") - Date.parse(b ?? "")) < 100;
