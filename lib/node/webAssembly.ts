import { setFlagsFromString } from "node:v8";

/** How much of a function of WebAssembly runs, in bytes about, before V8 compiles it anew, for speed. Its own: 2 to 13 MB. */
const BYTES_BEFORE = 100_000_000;

/**
 * Has what Prisma brings as WebAssembly run as it was compiled first, until a function has really been used much: V8 takes
 * a third of a process's start to compile anew what nobody calls any more. For the whole process, and modules compiled
 * from now on.
 */
export function compileWasmLate(): void {
  setFlagsFromString(`--wasm-tiering-budget=${BYTES_BEFORE}`);
}
