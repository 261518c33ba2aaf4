"use client";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import LinearProgress from "@mui/material/LinearProgress";
import Link from "@mui/material/Link";
import Typography from "@mui/material/Typography";
import NextLink from "next/link";
import { useEffect, useId, useRef } from "react";
import { basePath } from "#lib/edit/api";
import { BusyButton } from "../shared/BusyButton";
import { StateMark, type Tone } from "../shared/StateMark";
import { type Remark, remarkWords } from "./preview";
import type { ImportItem, ManyImports } from "./useManyImports";

const states: Record<ImportItem["state"], { tone: Tone; words: string }> = {
  reading: { tone: "none", words: "Being read…" },
  ready: { tone: "none", words: "Can be imported" },
  wrong: { tone: "bad", words: "Cannot be imported" },
  importing: { tone: "none", words: "Being imported…" },
  created: { tone: "good", words: "Created" },
  refused: { tone: "bad", words: "Not created" },
};

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** Of one file. */
const MAX_PROBLEMS = 5;

/** Several files with what each would make, and the button that makes it. */
export function ManyFiles({ many }: { many: ManyImports }) {
  const { items, running, ready, importAll } = many;
  const id = useId();
  const result = useRef<HTMLHeadingElement>(null);
  const count = (...wanted: ImportItem["state"][]) =>
    items.filter(({ state }) => wanted.includes(state)).length;
  const made = count("created");
  const isOver = !running && made + count("refused") > 0;
  // The button that has the focus is gone then.
  useEffect(() => {
    if (isOver) result.current?.focus();
  }, [isOver]);
  const reading = count("reading");
  const done = reading > 0 ? items.length - reading : made + count("refused");
  const total = reading > 0 ? items.length : made + count("refused", "importing", "ready");
  return (
    <>
      <Typography
        variant="h3"
        component="h2"
        id={`${id}-title`}
        ref={result}
        tabIndex={-1}
        sx={{ outline: 0 }}
      >
        {isOver ? `${made} of ${counted(items.length, "file")} became APIs` : counted(items.length, "file")}
      </Typography>
      {(reading > 0 || running) && (
        <LinearProgress
          variant="determinate"
          value={total === 0 ? 0 : (100 * done) / total}
          aria-label={reading > 0 ? "Files that were read" : "APIs that were imported"}
        />
      )}
      <Box component="ul" aria-labelledby={`${id}-title`} sx={list}>
        {items.map((item, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two files of two folders may have one name
          <Row key={i} item={item} />
        ))}
      </Box>
      <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1 }}>
        {!isOver && (
          <BusyButton
            variant="contained"
            busy={running}
            disabled={!running && (ready === 0 || reading > 0)}
            onClick={importAll}
          >
            {`Import ${counted(running ? total : ready, "API")}`}
          </BusyButton>
        )}
        {/* A link, so that it asks while APIs are imported. */}
        <Button component={NextLink} href="/apis" variant={isOver ? "contained" : "text"}>
          {isOver ? "Show all APIs" : "Cancel"}
        </Button>
      </Box>
    </>
  );
}

function Row({ item: { file, state, understood, problems, id } }: { item: ImportItem }) {
  const { tone, words } = states[state];
  const hidden = problems.length - MAX_PROBLEMS;
  return (
    <Box component="li" sx={row}>
      <Box sx={{ flex: "1 1 16rem", minWidth: 0 }}>
        <Typography sx={{ fontWeight: 600 }}>{file.name}</Typography>
        {understood && (
          <Typography variant="body2" color="textSecondary">
            {toldOf(understood)}
          </Typography>
        )}
        {problems.slice(0, MAX_PROBLEMS).map((problem, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a list that never changes
          <Typography key={i} variant="body2" color="error">
            {remarkWords(problem)}
          </Typography>
        ))}
        {hidden > 0 && <Typography variant="body2">and {hidden} more</Typography>}
        <Warnings warnings={understood?.warnings ?? []} />
      </Box>
      <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", columnGap: 1.5 }}>
        <StateMark tone={tone}>{words}</StateMark>
        {id && understood && (
          <Link component={NextLink} href={`/apis/${id}`} variant="body2">
            {`Open ${understood.name} ${understood.version}`}
          </Link>
        )}
      </Box>
    </Box>
  );
}

function Warnings({ warnings }: { warnings: readonly Remark[] }) {
  if (warnings.length === 0) return null;
  return (
    <Typography variant="body2" component="details" color="textSecondary">
      <summary>{counted(warnings.length, "warning")}</summary>
      {warnings.map((warning, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a list that never changes
        <div key={i}>{remarkWords(warning)}</div>
      ))}
    </Typography>
  );
}

function toldOf(understood: NonNullable<ImportItem["understood"]>): string {
  const { name, version, context, resourceCount, groups } = understood;
  const named = [name, version].filter((part) => part !== "").join(" ");
  const at = context === "" || version === "" ? "" : ` at ${basePath(understood)}`;
  const urls = new Set(groups.flatMap((group) => group.urls)).size;
  const parts = [
    `${named}${at}`,
    counted(resourceCount, "resource"),
    urls === 0 ? "no endpoints" : counted(urls, "endpoint"),
  ];
  return parts.filter((part) => part !== "").join(" · ");
}

const list = {
  listStyle: "none",
  m: 0,
  p: 0,
  borderTop: 1,
  borderColor: "divider",
  overflowWrap: "anywhere",
};
const row = {
  display: "flex",
  flexWrap: "wrap",
  alignItems: "flex-start",
  columnGap: 2,
  rowGap: 0.5,
  py: 1,
  borderBottom: 1,
  borderColor: "divider",
};
