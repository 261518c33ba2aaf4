"use client";
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { useTransition } from "react";
import type { ShownGateway } from "#lib/gateways";
import { Facts } from "../shared/Facts";
import { LocalTime } from "../shared/LocalTime";
import { SoftButton } from "../shared/SoftButton";
import { StateMark, type Tone } from "../shared/StateMark";

interface Props {
  gateway: ShownGateway;
  /** The newest generation. */
  newest: number;
  /** Where it can be forgotten. */
  onForget: (() => Promise<void>) | undefined;
}

export function GatewayItem({ gateway, newest, onForget }: Props) {
  const [pending, start] = useTransition();
  const { id, name, version, generation, startedAt, urls, adminUrl, problems } = gateway;
  const { tone, words } = stateOf(gateway, newest);
  return (
    <Box component="li" aria-label={id} sx={row}>
      <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "flex-start", gap: 1 }}>
        <Box sx={{ flex: "1 1 220px", minWidth: 0, overflowWrap: "anywhere" }}>
          <Typography sx={{ fontWeight: 600 }}>{id}</Typography>
          <StateMark tone={tone}>{words}</StateMark>
        </Box>
        {onForget && (
          <SoftButton
            size="small"
            variant="outlined"
            needs="settings.manage"
            off={pending}
            aria-label={`Forget ${id}`}
            onClick={() => start(onForget)}
          >
            Forget
          </SoftButton>
        )}
      </Box>
      {problems.length > 0 && (
        <Box component="ul" aria-label={`Problems of ${id}`} sx={{ m: 0, pl: 2.5, typography: "body2" }}>
          {problems.map((problem) => (
            <Box component="li" key={problem} sx={{ overflowWrap: "anywhere" }}>
              {problem}
            </Box>
          ))}
        </Box>
      )}
      <Box sx={columns}>
        <Facts
          facts={[
            ["Generation", generation === null ? "–" : generationWords(generation, newest)],
            ["Requests", rateWords(gateway.requestsPerSecond)],
            ["Memory", gateway.memory === null ? "–" : `${Math.round(gateway.memory / 1024 / 1024)} MiB`],
            ["Running since", startedAt === null ? "–" : <LocalTime key="since" at={startedAt} />],
          ]}
        />
        <Facts
          facts={[
            ["Address", urls.length > 0 ? urls.join(", ") : "–"],
            ["Admin", adminUrl],
            ["Machine", name || "–"],
            ["Version", version || "–"],
          ]}
        />
      </Box>
    </Box>
  );
}

function stateOf({ silent, untold, problems, generation }: ShownGateway, newest: number) {
  const state = (tone: Tone, words: string) => ({ tone, words });
  if (silent !== null) return state("bad", `Not answering ${silent}`);
  if (generation !== null && generation < newest) return state("warn", "Serves an older generation");
  if (untold !== null) return state("warn", `Serves; how much is not known: it ${untold}`);
  return problems.length > 0 ? state("warn", "Serves, with problems") : state("good", "Serves");
}

function generationWords(generation: number, newest: number): string {
  return generation >= newest ? `${generation}, the newest` : `${generation}; the newest is ${newest}`;
}

/** Of the last minute. */
function rateWords(perSecond: number | null): string {
  if (perSecond === null) return "–";
  if (perSecond === 0) return "none in the last minute";
  return `${perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond)} a second`;
}

const columns = {
  display: "grid",
  gridTemplateColumns: { xs: "minmax(0, 1fr)", lg: "minmax(0, 2fr) minmax(0, 3fr)" },
  columnGap: 4,
  rowGap: 1,
};
const row = {
  display: "grid",
  gap: 1.5,
  gridTemplateColumns: "minmax(0, 1fr)",
  py: 2,
  borderBottom: 1,
  borderColor: "divider",
  "&:first-of-type": { pt: 0 },
  "&:last-child": { borderBottom: 0, pb: 0 },
};
