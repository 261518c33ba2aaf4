import { expect, test } from "@playwright/test";
import { type Known, newestOf, newsFor } from "#lib/traffic/elsewhere";

const never = Number.NEGATIVE_INFINITY;
const down = (at: number): Known => ({ down: true, at });
const well = (at: number): Known => ({ down: false, at });

test("a list that has heard nothing is told that the host is down elsewhere", () => {
  const all = [well(never), down(5), down(9)];
  expect(newsFor(all[0]!, newestOf(all))).toBe(all[2]);
});

test("what a list has heard itself later is no news to it, nor what it says too", () => {
  const all = [well(10), down(9), down(3)];
  for (const own of [all[0]!, down(12)]) expect(newsFor(own, newestOf(all))).toBeNull();
  // Down since before the other one answered.
  expect(newsFor(all[1]!, newestOf(all))).toBe(all[0]);
  expect(newsFor(all[2]!, newestOf(all))).toBe(all[0]);
});

test("a list that is alone with its host hears nothing, and never having asked is no answer", () => {
  for (const own of [down(1), well(1), well(never)]) expect(newsFor(own, newestOf([own]))).toBeNull();
  expect(newsFor(down(1), newestOf([down(1), well(never)]))).toBeNull();
});
