"use client";
import Stack from "@mui/material/Stack";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useLive } from "../frame/LiveContext";
import { useAnnounce } from "../shared/Announcer";
import { answerOf, type Change, failureText } from "../shared/actionResults";
import { ConfirmDialog } from "../shared/ConfirmDialog";
import { SoftButton } from "../shared/SoftButton";

interface Props {
  id: string;
  title: string;
  path: string;
  subscribers: string[];
  onUndeploy: Change;
  onDelete: Change;
  onFailure: (text: string) => void;
}

/** A question is read before it is answered: more names than this are counted. */
const MAX_NAMES = 5;

export function DangerZone({ id, title, path, subscribers, onUndeploy, onDelete, onFailure }: Props) {
  const router = useRouter();
  const announce = useAnnounce();
  const { report, follow } = useLive();
  const [asking, setAsking] = useState<"undeploy" | "delete" | null>(null);
  const { live } = report;
  const close = () => setAsking(null);

  const undeploy = async () => {
    const result = await answerOf(onUndeploy(id));
    close();
    follow(null);
    if (result.ok) announce(`${title} is not deployed any more.`);
    else onFailure(`Not undeployed. ${failureText(result)}`);
  };
  const remove = async () => {
    const result = await answerOf(onDelete(id));
    if (result.ok || result.kind === "missing") return router.replace("/apis");
    close();
    onFailure(`Not deleted. ${failureText(result)}`);
  };

  return (
    <Stack direction="row" spacing={1}>
      {live && (
        <SoftButton variant="outlined" needs="api.deploy" onClick={() => setAsking("undeploy")}>
          Undeploy
        </SoftButton>
      )}
      <SoftButton variant="outlined" color="error" needs="api.delete" onClick={() => setAsking("delete")}>
        Delete API
      </SoftButton>
      <ConfirmDialog
        open={asking === "undeploy"}
        title={`Undeploy ${title}?`}
        text={`The gateway stops answering ${path} at once: callers get 404. The draft and all revisions stay, and it can be deployed again.`}
        confirm="Undeploy"
        onConfirm={undeploy}
        onClose={close}
      />
      <ConfirmDialog
        open={asking === "delete"}
        title={`Delete ${title}?`}
        text={[
          live
            ? `It is live: revision ${live.revision} serves ${path} now, and callers get 404 at once.`
            : "It is not deployed, so no caller notices.",
          lose(subscribers),
          "The draft and all revisions are deleted for good.",
        ]
          .filter(Boolean)
          .join(" ")}
        confirm="Delete API"
        onConfirm={remove}
        onClose={close}
      />
    </Stack>
  );
}

function lose(subscribers: string[]): string {
  const [only] = subscribers;
  if (subscribers.length === 0) return "";
  if (subscribers.length === 1) return `The application ${only} loses its subscription.`;
  const more = subscribers.length - MAX_NAMES;
  const names = subscribers.slice(0, MAX_NAMES).join(", ");
  return `${subscribers.length} applications lose their subscriptions: ${names}${more > 0 ? ` and ${more} more` : ""}.`;
}
