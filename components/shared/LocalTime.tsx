"use client";
import { useSyncExternalStore } from "react";

const never = () => () => {};

export function LocalTime({ at }: { at: string }) {
  const text = useSyncExternalStore(
    never,
    () => inWords(new Date(at), new Date()),
    () => `${at.slice(11, 16)} UTC`,
  );
  return <time dateTime={at}>{text}</time>;
}

function inWords(at: Date, now: Date): string {
  const time = at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  if (at.toDateString() === now.toDateString()) return time;
  return `${at.toLocaleDateString([], { day: "numeric", month: "short", year: "numeric" })}, ${time}`;
}
