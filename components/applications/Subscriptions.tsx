"use client";
import RemoveIcon from "@mui/icons-material/DeleteOutlined";
import Alert from "@mui/material/Alert";
import Autocomplete from "@mui/material/Autocomplete";
import Box from "@mui/material/Box";
import Link from "@mui/material/Link";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import NextLink from "next/link";
import { type FormEvent, useState, useTransition } from "react";
import type { ApplicationDetail, SubscribedTo } from "#lib/schemas/application";
import { Section } from "../editor/Section";
import { useAccess } from "../shared/Access";
import { useAnnounce } from "../shared/Announcer";
import { answerOf, type Failed } from "../shared/actionResults";
import { ConfirmDialog } from "../shared/ConfirmDialog";
import { FailureWords } from "../shared/FailureWords";
import { SoftButton, SoftIconButton } from "../shared/SoftButton";
import type { ApplicationActions } from "./applicationResults";

type Api = Omit<SubscribedTo, "apiId"> & { id: string };

interface Props extends Pick<ApplicationActions, "onSubscribe" | "onUnsubscribe"> {
  application: ApplicationDetail;
  apis: Api[];
}

export function Subscriptions({ application, apis, onSubscribe, onUnsubscribe }: Props) {
  const announce = useAnnounce();
  const [leaving, setLeaving] = useState<SubscribedTo | null>(null);
  const [failure, setFailure] = useState("");
  const { id, subscriptions } = application;

  const run = async (done: string, call: Promise<{ ok: true } | Failed>) => {
    setFailure("");
    const result = await answerOf(call);
    if (result.ok) announce(done);
    else setFailure(result.message);
  };
  const subscribe = (api: Api) => run(`Subscribed to ${title(api)}.`, onSubscribe(id, api.id));

  return (
    <Section
      heading="h2"
      title="Subscriptions"
      text="The APIs that its tokens are for. A token without any is refused everywhere."
    >
      {failure && (
        <Alert severity="error">
          <FailureWords>{failure}</FailureWords>
        </Alert>
      )}
      {subscriptions.length === 0 ? (
        <Typography variant="body2">None yet.</Typography>
      ) : (
        <Box component="ul" aria-label="Subscriptions" sx={{ listStyle: "none", m: 0, p: 0 }}>
          {subscriptions.map((api) => (
            <SubscribedApi key={api.apiId} api={api} onUnsubscribe={() => setLeaving(api)} />
          ))}
        </Box>
      )}
      <SubscribeForm apis={apis} subscriptions={subscriptions} onSubscribe={subscribe} />
      <ConfirmDialog
        open={leaving !== null}
        title={`Unsubscribe from ${leaving ? title(leaving) : ""}?`}
        text="All tokens issued to this application so far end at once; it can get new ones for the APIs that are left."
        confirm="Unsubscribe"
        onConfirm={async () => {
          if (leaving) await run(`Unsubscribed from ${title(leaving)}.`, onUnsubscribe(id, leaving.apiId));
          setLeaving(null);
        }}
        onClose={() => setLeaving(null)}
      />
    </Section>
  );
}

interface SubscribedProps {
  api: SubscribedTo;
  onUnsubscribe: () => void;
}

function SubscribedApi({ api, onUnsubscribe }: SubscribedProps) {
  return (
    <Box component="li" sx={row}>
      <Link
        component={NextLink}
        href={`/apis/${api.apiId}`}
        underline="hover"
        sx={{ overflowWrap: "anywhere" }}
      >
        {title(api)}
      </Link>
      <Typography variant="body2" color="textSecondary" sx={{ flex: "1 1 160px", overflowWrap: "anywhere" }}>
        {api.basePath}
      </Typography>
      <SoftIconButton
        label={`Unsubscribe from ${title(api)}`}
        needs="application.manage"
        onClick={onUnsubscribe}
      >
        <RemoveIcon fontSize="small" />
      </SoftIconButton>
    </Box>
  );
}

interface FormProps {
  apis: Api[];
  subscriptions: SubscribedTo[];
  onSubscribe: (api: Api) => Promise<void>;
}

function SubscribeForm({ apis, subscriptions, onSubscribe }: FormProps) {
  const reason = useAccess().reason("application.manage");
  const [chosen, setChosen] = useState<Api | null>(null);
  const [pending, startTransition] = useTransition();
  const open = apis.filter((api) => subscriptions.every(({ apiId }) => apiId !== api.id));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!chosen || pending) return;
    startTransition(async () => {
      await onSubscribe(chosen);
      setChosen(null);
    });
  };
  return (
    <Box component="form" onSubmit={submit} sx={{ display: "flex", flexWrap: "wrap", gap: 1 }}>
      <Autocomplete
        options={open}
        value={chosen}
        onChange={(_event, api) => setChosen(api)}
        getOptionLabel={title}
        getOptionKey={(api) => api.id}
        isOptionEqualToValue={(a, b) => a.id === b.id}
        noOptionsText={noOptions(apis.length, open.length)}
        disabled={reason !== ""}
        sx={{ flex: "1 1 220px", maxWidth: 420 }}
        renderInput={(params) => <TextField {...params} label="API" />}
      />
      <SoftButton type="submit" variant="outlined" needs="application.manage" off={!chosen || pending}>
        Subscribe
      </SoftButton>
    </Box>
  );
}

function noOptions(apis: number, open: number): string {
  if (apis === 0) return "There are no APIs yet";
  return open === 0 ? "It is subscribed to all of them" : "No API has this name";
}

const title = ({ name, version }: { name: string; version: string }) => `${name} ${version}`;
const row = {
  display: "flex",
  alignItems: "center",
  flexWrap: "wrap",
  columnGap: 1.5,
  py: 0.5,
  borderBottom: 1,
  borderColor: "divider",
};
