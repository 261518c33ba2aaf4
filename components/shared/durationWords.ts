const units: [string, number][] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
  ["millisecond", 1],
];

/** 600000 → "10 minutes", 5400000 → "1 hour 30 minutes"; with the `most` largest units only. */
export function durationWords(ms: number, most = units.length): string {
  const words: string[] = [];
  let rest = ms;
  for (const [unit, size] of units) {
    const n = Math.floor(rest / size);
    rest -= n * size;
    if (n > 0) words.push(`${n} ${unit}${n === 1 ? "" : "s"}`);
  }
  return words.slice(0, most).join(" ");
}

/** "just now", "40 s ago", "12 min ago", "3 h ago", "2 days ago": for what stands beside other words. */
export function agoWords(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 5) return "just now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)} h ago`;
  return `${Math.floor(seconds / 86_400)} days ago`;
}
