import { servingIn } from "../serving";
import { noSuchApi, refusal, refusalOf, troubled } from "./publisherAnswers";

/** Route handlers of WSO2's REST APIs, each of a row of lib/contract. */
export const publisherCall = servingIn({
  refuse: refusal,
  denied: refusalOf,
  troubled,
  noSuchApi,
});
