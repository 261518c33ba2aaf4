import { refusal as inJson } from "./guard";
import { noSuchApi, refusal } from "./restAnswers";
import { servingIn } from "./serving";

/** Route handlers of our own interface for machines, each of a row of lib/contract/sluiceRest.ts. */
export const sluiceCall = servingIn({
  refuse: refusal,
  denied: (_request, response) => response,
  troubled: ({ status, message, headers }) => inJson(status, message, headers),
  noSuchApi,
});
