/** Two backends to try with: `node backends.mjs 9801 9802`. Each answers with its port. */
import { createServer } from "node:http";

for (const port of process.argv.slice(2))
  createServer((request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(`${JSON.stringify({ backend: port, path: request.url })}\n`);
  }).listen(Number(port), "127.0.0.1", () => console.log(`http://127.0.0.1:${port} answers`));
