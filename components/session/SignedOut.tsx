"use client";
import Alert from "@mui/material/Alert";
import { useRouter } from "next/navigation";
import { useCallback, useEffect, useRef, useState } from "react";
import { type Me, useAccess } from "../shared/Access";
import { useAnnounce } from "../shared/Announcer";
import { SignInAgain } from "../shared/SignInAgain";
import { tellSession, useSignedOut } from "../shared/sessionEnd";
import { fetchOwn, usePolling } from "../shared/usePolling";

/** How often is looked whether somebody has signed in in another tab, ms. */
const EVERY_MS = 3_000;

/**
 * Says on every page that the session has ended, and finds the next one by itself. The page stays as it is, and is
 * told anew by the server: whoever signed in may be somebody else, with another role.
 */
export function SignedOut() {
  const signedOut = useSignedOut();
  const { me } = useAccess();
  const [other, setOther] = useState<{ was: Me; is: Me } | null>(null);
  if (signedOut) {
    return <Ended onBack={(is) => setOther(me && me.username !== is.username ? { was: me, is } : null)} />;
  }
  if (!other) return null;
  const { was, is } = other;
  return (
    <Alert severity="info" role="status" onClose={() => setOther(null)} sx={bar}>
      You are signed in as {is.username} ({is.role}) now, no longer as {was.username}: what is typed here
      would be saved by {is.username}.
    </Alert>
  );
}

function Ended({ onBack }: { onBack: (me: Me) => void }) {
  const router = useRouter();
  const announce = useAnnounce();
  const back = useRef(onBack);
  useEffect(() => {
    back.current = onBack;
  });
  const ask = useCallback(
    async (signal: AbortSignal) => {
      const me = await fetchOwn<Me | null>("/session", signal);
      if (signal.aborted || !me || typeof me === "string") return;
      back.current(me);
      tellSession(false);
      announce(`Signed in as ${me.username}`);
      // What the page holds stays; what the server says of it is taken down anew.
      router.refresh();
    },
    [announce, router],
  );
  usePolling(ask, EVERY_MS, { atOnce: true, signedOutToo: true });
  return (
    <Alert severity="warning" role="status" sx={bar}>
      You are signed out. What is typed here stays: <SignInAgain /> in another tab, and this page goes on.
    </Alert>
  );
}

/** Wherever on a long page one is. */
const bar = { position: "sticky", top: 0, zIndex: 6, borderRadius: 0 } as const;
