import { holdPresses } from "./earlyPresses";

/** Comes first of every page: holds what is pressed until somebody listens. */
export function HoldPresses({ nonce }: { nonce: string | undefined }) {
  // biome-ignore lint/security/noDangerouslySetInnerHtml: a constant of ours, which has to run before all else
  return <script nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: holdPresses }} />;
}
