"use client";
import Alert from "@mui/material/Alert";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useOptimistic, useState, useTransition } from "react";
import { type Settings, settingWords } from "#lib/tell/settingWords";
import { Section } from "../editor/Section";
import { SwitchField } from "../editor/SwitchField";
import { useAnnounce } from "../shared/Announcer";
import { answerOf, type Failed } from "../shared/actionResults";
import { FailureWords } from "../shared/FailureWords";

interface Props {
  settings: Settings;
  onSwitch: (name: keyof Settings, on: boolean) => Promise<{ ok: true } | Failed>;
}

/** What those may try who change nothing. */
export function TryingOut({ settings, onSwitch }: Props) {
  const announce = useAnnounce();
  const [failure, setFailure] = useState("");
  const [, start] = useTransition();
  const [on, show] = useOptimistic(settings.viewersReadProduction);
  const words = settingWords.viewersReadProduction;
  const change = (next: boolean) =>
    start(async () => {
      setFailure("");
      show(next);
      const result = await answerOf(onSwitch("viewersReadProduction", next));
      if (result.ok) announce(`${words}: ${next ? "on" : "off"}.`);
      else setFailure(result.message);
    });
  return (
    <Stack spacing={2}>
      <Typography variant="h2">Trying out</Typography>
      {failure && (
        <Alert severity="error" onClose={() => setFailure("")}>
          <FailureWords>{failure}</FailureWords>
        </Alert>
      )}
      <Section
        title="Viewers"
        text="Viewers try APIs out in the sandbox. Operations that ask for no token count as production where the API has production endpoints."
      >
        <SwitchField
          id="viewersReadProduction"
          label={words}
          text="In Try Out only: viewers never get a token for production, as it would be good for every method."
          checked={on}
          onChange={change}
        />
      </Section>
    </Stack>
  );
}
