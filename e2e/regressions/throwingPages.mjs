/** Loaded into a publisher before its own code: has its pages throw, and what stands before them for one path. */
import crypto from "node:crypto";
import { ServerResponse } from "node:http";
import { syncBuiltinESMExports } from "node:module";

process.once("SIGUSR2", () => {
  crypto.randomBytes = () => {
    throw new Error("thrown in a page");
  };
  syncBuiltinESMExports();
  const { setHeader } = ServerResponse.prototype;
  ServerResponse.prototype.setHeader = function (...header) {
    if (this.req.url === "/before-pages") throw new Error("thrown before pages");
    return setHeader.apply(this, header);
  };
});
