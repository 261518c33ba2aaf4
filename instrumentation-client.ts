import { config } from "zod";

// Zod tries whether it may compile schemas with `new Function`, and the browser reports the refusal as a violation
// of our policy. This file runs before every other of the page, so before the first schema is made.
config({ jitless: true });
