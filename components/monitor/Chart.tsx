"use client";
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { BarChart } from "@mui/x-charts/BarChart";
import { LineChart } from "@mui/x-charts/LineChart";
import { useId } from "react";
import { capitalized } from "../shared/capitalized";
import { count } from "../shared/count";

interface Series {
  label: string;
  color?: string;
  data: (number | null)[];
  /** It has no colour of its own in the picture: all like it are drawn as one. */
  minor?: boolean;
}

interface Props {
  title: string;
  unit: string;
  times: Date[];
  series: Series[];
  /** Bars on top of each other instead of lines. */
  stacked?: boolean;
  /** The time that is shown, as in "the last hour". */
  within: string;
}

const HEIGHT = 200;
/** Between the ticks of a picture's time axis, ms: of one that is long, of one that is short. */
const TICKS_MS = [600_000, 120_000] as const;
const SHORT_MS = 1_200_000;
const clock = (time: Date, seconds = true) =>
  time.toLocaleTimeString([], {
    hour: "2-digit",
    minute: "2-digit",
    ...(seconds && { second: "2-digit" }),
  });

/** A line needs two points: what stands alone is marked. */
const alone =
  (data: Series["data"]) =>
  ({ index }: { index: number }) =>
    (data[index - 1] ?? null) === null && (data[index + 1] ?? null) === null;

/** One picture with its sentence and, folded away, its numbers. */
export function Chart({ title, unit, times, series, within, stacked = false }: Props) {
  const id = useId();
  const [long, short] = TICKS_MS;
  const tickMs = times.at(-1)!.getTime() - times[0]!.getTime() > SHORT_MS ? long : short;
  const drawn = foldMinor(series);
  const empty = series.every(({ data }) => data.every((n) => n === null || n === 0));
  const axis = {
    data: times,
    valueFormatter: (time: Date, { location }: { location: string }) => clock(time, location !== "tick"),
    // The same in every picture, and round times.
    tickInterval: times.filter((time) => time.getTime() % tickMs === 0),
    tickLabelMinGap: 24,
  };
  const common = {
    height: HEIGHT,
    skipAnimation: true,
    // The numbers below are for the keyboard.
    disableKeyboardNavigation: true,
    // The last label stands half beyond the last tick.
    margin: { left: 8, right: 36 },
    hideLegend: drawn.length < 2,
    slotProps: { legend: { sx: legend } },
  };
  return (
    <Box component="figure" aria-labelledby={id} sx={{ m: 0 }}>
      <Typography id={id} component="figcaption" variant="subtitle2">
        {title}
      </Typography>
      <Typography variant="body2" color="textSecondary">
        {sentence(series, unit, stacked ? within : null)}
      </Typography>
      {empty ? null : stacked ? (
        <BarChart
          {...common}
          xAxis={[{ ...axis, scaleType: "band", tickPlacement: "middle" }]}
          yAxis={[{ tickMinStep: 1 }]}
          series={drawn.map(({ label, color, data }) => ({ label, color, data, stack: "all" }))}
        />
      ) : (
        <LineChart
          {...common}
          xAxis={[{ ...axis, scaleType: "time" }]}
          yAxis={[{ min: 0, valueFormatter: (value: number) => `${value} ${unit}`, width: 60 }]}
          series={drawn.map(({ label, color, data }) => ({
            label,
            color,
            data,
            showMark: alone(data),
            connectNulls: false,
          }))}
        />
      )}
      {!empty && <Numbers title={title} times={times} series={series} />}
    </Box>
  );
}

function foldMinor(series: Series[]): Series[] {
  const minor = series.filter((s) => s.minor);
  if (minor.length === 0) return series;
  const data = minor[0]!.data.map((_, i) => minor.reduce((sum, s) => sum + (s.data[i] ?? 0), 0));
  const others = { label: `${minor.length} others`, color: "var(--mui-palette-text-secondary)", data };
  return [...series.filter((s) => !s.minor), others];
}

const MAX_SAID = 6;

/** `within` for what is counted, null for what is measured. */
function sentence(series: Series[], unit: string, within: string | null): string {
  const words = series.map(({ label, data }) => {
    const known = data.filter((n) => n !== null);
    if (within) return `${label} ${count(known.reduce((sum, n) => sum + n, 0))}`;
    return `${label} up to ${known.length === 0 ? "–" : round(Math.max(...known))} ${unit}`;
  });
  // The rest is in the numbers below.
  const more = words.length - MAX_SAID;
  const said = more > 1 ? `${words.slice(0, MAX_SAID).join(", ")} and ${more} more` : words.join(", ");
  return within ? `${capitalized(`in ${within}`)}: ${said}.` : `${said}.`;
}

const round = (value: number) => (value < 10 ? value.toFixed(1) : String(Math.round(value)));

/** Only the slots in which something happened. */
function Numbers({ title, times, series }: Pick<Props, "title" | "times" | "series">) {
  const rows = times.flatMap((time, i) => {
    const values = series.map(({ data }) => data[i] ?? null);
    return values.some((n) => n !== null && n > 0) ? [{ time, values }] : [];
  });
  return (
    <Box component="details" sx={{ typography: "body2" }}>
      <summary aria-label={`Numbers: ${title}`}>Numbers</summary>
      <Box sx={{ overflowX: "auto" }} tabIndex={0} role="group" aria-label={`${title}: numbers`}>
        <Box component="table" sx={table} aria-label={title}>
          <thead>
            <tr>
              <th scope="col">From</th>
              {series.map(({ label }) => (
                <th scope="col" key={label}>
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ time, values }) => (
              <tr key={time.toISOString()}>
                <th scope="row">{clock(time)}</th>
                {values.map((value, i) => (
                  <td key={series[i]?.label}>
                    {value === null ? "–" : Number.isInteger(value) ? count(value) : round(value)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </Box>
      </Box>
    </Box>
  );
}

// Names as long as a URL must not make the picture wider than its page.
const legend = {
  columnGap: 2,
  rowGap: 0.75,
  lineHeight: 1.3,
  flexShrink: 1,
  "& li": { minWidth: 0, maxWidth: "100%" },
  "& .MuiChartsLegend-series": { minWidth: 0 },
  "& .MuiChartsLegend-label": { minWidth: 0, overflowWrap: "anywhere" },
};
const table = {
  borderCollapse: "collapse",
  fontVariantNumeric: "tabular-nums",
  "& th, & td": { textAlign: "right", px: 1.5, py: 0.25, fontWeight: 400 },
  // Names of endpoints are longer than their numbers.
  "& thead th": {
    color: "text.secondary",
    minWidth: "9ch",
    maxWidth: "20ch",
    overflowWrap: "anywhere",
    verticalAlign: "bottom",
  },
};
