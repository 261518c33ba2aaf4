"use client";
import { useSyncExternalStore } from "react";
import { VERSION_FIELD } from "#lib/model/ownFields";

/** Whether another version of Sluice answers by now than the one that made this page, as its answers tell. */

let own = "";
let isOld = false;
const listeners = new Set<() => void>();

/** What an action without an answer says of it. */
export const updatedWords = "Sluice was updated. What is typed here stays until you reload the page.";

/** Of the version that made the page; "" while developing. */
export function keepVersion(version: string): void {
  own ||= version;
}

/** Looks at an answer of one of our own routes. */
export function hearVersion({ headers }: Response): void {
  const theirs = headers.get(VERSION_FIELD);
  if (own && theirs && theirs !== own) tellUpdated();
}

export function tellUpdated(): void {
  if (isOld) return;
  isOld = true;
  for (const listener of listeners) listener();
}

export function useUpdated(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => isOld,
    () => false,
  );
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
