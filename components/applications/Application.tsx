"use client";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Container from "@mui/material/Container";
import Link from "@mui/material/Link";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import NextLink from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { keyTypes } from "#lib/edit/endpoints";
import type { ApplicationDetail, SubscribedTo } from "#lib/schemas/application";
import { useAnnounce } from "../shared/Announcer";
import { answerOf } from "../shared/actionResults";
import { ConfirmDialog } from "../shared/ConfirmDialog";
import { FailureWords } from "../shared/FailureWords";
import { SoftButton } from "../shared/SoftButton";
import { ApplicationDialog } from "./ApplicationDialog";
import type { ApplicationActions } from "./applicationResults";
import { KeyCard } from "./KeyCard";
import { RevokeToken } from "./RevokeToken";
import { Subscriptions } from "./Subscriptions";

interface Props extends ApplicationActions {
  application: ApplicationDetail;
  /** What can be subscribed to. */
  apis: (Omit<SubscribedTo, "apiId"> & { id: string })[];
  tokenUrl: string;
}

type Asking = "edit" | "delete";

export function Application({ application, apis, tokenUrl, ...actions }: Props) {
  const router = useRouter();
  const announce = useAnnounce();
  const [asking, setAsking] = useState<Asking | null>(null);
  const [failure, setFailure] = useState("");
  const { id, name, keys } = application;
  const close = () => setAsking(null);
  const remove = async () => {
    const result = await answerOf(actions.onDelete(id));
    if (result.ok) {
      announce(`${name} is deleted.`);
      return router.replace("/applications");
    }
    close();
    setFailure(result.message);
  };
  return (
    <Container maxWidth="lg" sx={{ pt: 3, pb: 6 }}>
      <Link component={NextLink} href="/applications" variant="body2">
        Applications
      </Link>
      <Head application={application} onAsk={setAsking} />
      <Stack spacing={2}>
        {failure && (
          <Alert severity="error" onClose={() => setFailure("")}>
            <FailureWords>{failure}</FailureWords>
          </Alert>
        )}
        <Subscriptions application={application} apis={apis} {...actions} />
        <Box sx={cards}>
          {keyTypes.map((keyType) => (
            <KeyCard
              key={keyType}
              applicationId={id}
              keyType={keyType}
              info={keys.find((k) => k.keyType === keyType)}
              tokenUrl={tokenUrl}
              {...actions}
            />
          ))}
        </Box>
        <RevokeToken onRevokeToken={actions.onRevokeToken} />
      </Stack>
      {asking === "edit" && (
        <ApplicationDialog application={application} onSave={actions.onSave} onClose={close} />
      )}
      <ConfirmDialog
        open={asking === "delete"}
        title={`Delete ${name}?`}
        text="Its keys and its tokens end at once: calls made with them are answered 401."
        confirm="Delete application"
        onConfirm={remove}
        onClose={close}
      />
    </Container>
  );
}

interface HeadProps {
  application: ApplicationDetail;
  onAsk: (asking: Asking) => void;
}

function Head({ application: { name, description }, onAsk }: HeadProps) {
  return (
    <>
      <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: 1, mb: 2 }}>
        <Typography variant="h1" sx={{ overflowWrap: "anywhere", flex: "1 1 240px" }}>
          {name}
        </Typography>
        <Box sx={{ display: "flex", gap: 1 }}>
          <SoftButton needs="application.manage" variant="outlined" onClick={() => onAsk("edit")}>
            Edit
          </SoftButton>
          <SoftButton
            needs="application.manage"
            variant="outlined"
            color="error"
            onClick={() => onAsk("delete")}
          >
            Delete
          </SoftButton>
        </Box>
      </Box>
      {description && (
        <Typography color="textSecondary" sx={{ mb: 2, whiteSpace: "pre-line" }}>
          {description}
        </Typography>
      )}
    </>
  );
}

const cards = {
  display: "grid",
  gridTemplateColumns: { xs: "minmax(0, 1fr)", md: "repeat(2, minmax(0, 1fr))" },
  gap: 2,
  alignItems: "start",
};
