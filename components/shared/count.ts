/** A count as people read it: "12,345". The pages are English, so that server and browser agree. */
export const count = (n: number): string => n.toLocaleString("en-US");
