/** Loaded into a gateway before its own code: throws where nobody handles it, upon a signal. */
process.on("SIGUSR2", () => {
  throw new Error("thrown by a test");
});
