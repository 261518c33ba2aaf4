/** Told apart by lightness too, for those who do not see the hues. */
const colours = ["#0b6478", "#d98e2b", "#6a51a3", "#5a9e9e", "#a63d57", "#8a9bb0"];
const angles = [45, 135, 0];

/** How the endpoint at a place of its list is painted, the same in every bar; from the seventh on with stripes. */
export function swatch(place: number): { backgroundColor: string; backgroundImage?: string } {
  const backgroundColor = colours[place % colours.length]!;
  const round = Math.floor(place / colours.length);
  if (round === 0) return { backgroundColor };
  const angle = angles[(round - 1) % angles.length];
  const stripes = `repeating-linear-gradient(${angle}deg, rgb(255 255 255 / 0.6) 0 2px, transparent 2px 5px)`;
  return { backgroundColor, backgroundImage: stripes };
}
