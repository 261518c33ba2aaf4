/** Told apart by lightness too, for those who do not see the hues. */
const colours = [
  "light-dark(#0b6478, #3fa7bd)",
  "light-dark(#d98e2b, #e6a44a)",
  "light-dark(#6a51a3, #a08ad6)",
  "light-dark(#5a9e9e, #8fd0cf)",
  "light-dark(#a63d57, #e07a93)",
  "light-dark(#8a9bb0, #c3cfdd)",
];
const angles = [45, 135, 0];

interface Swatch {
  backgroundColor: string;
  backgroundImage?: string;
  forcedColorAdjust: "none";
}

/**
 * How the endpoint at a place of its list is painted, the same in every bar; from the seventh on with stripes. Also where
 * the system chooses the colours: here they are what is said.
 */
export function swatch(place: number): Swatch {
  const plain = { backgroundColor: colours[place % colours.length]!, forcedColorAdjust: "none" } as const;
  const round = Math.floor(place / colours.length);
  if (round === 0) return plain;
  const angle = angles[(round - 1) % angles.length];
  const stripes = `repeating-linear-gradient(${angle}deg, rgb(255 255 255 / 0.6) 0 2px, transparent 2px 5px)`;
  return { ...plain, backgroundImage: stripes };
}
