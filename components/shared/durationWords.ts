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
