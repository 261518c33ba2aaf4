"use client";
import { useCallback, useEffect, useRef } from "react";
import type { ApiDefinition } from "#lib/edit/api";
import type { OpenApiResult } from "#lib/openapi/openapiReading";
import type { Format, Result, Task } from "./reader.worker";

/** The reader in its worker; one task after the other. */
export function useReader() {
  const worker = useRef<Worker | null>(null);
  const waiting = useRef(
    new Map<number, { resolve: (result: Result) => void; reject: (error: Error) => void }>(),
  );
  const last = useRef(0);

  useEffect(() => {
    const pending = waiting.current;
    return () => {
      worker.current?.terminate();
      worker.current = null;
      pending.clear();
    };
  }, []);

  const ask = useCallback((task: Task): Promise<Result> => {
    if (!worker.current) {
      const made = new Worker(new URL("./reader.worker.ts", import.meta.url), { type: "module" });
      made.onmessage = ({ data }: MessageEvent<{ id: number; result: Result }>) => {
        waiting.current.get(data.id)?.resolve(data.result);
        waiting.current.delete(data.id);
      };
      made.onerror = () => {
        // Its script did not load, or it broke: the next task starts another one.
        worker.current = null;
        for (const { reject } of waiting.current.values()) reject(new Error("The reader has ended."));
        waiting.current.clear();
      };
      worker.current = made;
    }
    const id = ++last.current;
    const answer = new Promise<Result>((resolve, reject) => waiting.current.set(id, { resolve, reject }));
    worker.current.postMessage({ id, task });
    return answer;
  }, []);

  const read = useCallback(
    async (text: string, present: ApiDefinition): Promise<OpenApiResult> => {
      const result = await ask({ kind: "read", text, present });
      if (result.kind === "read") return result.reading;
      throw new Error("The reader answered something else.");
    },
    [ask],
  );
  const write = useCallback(
    async (definition: ApiDefinition, format: Format): Promise<string> => {
      const result = await ask({ kind: "write", definition, format });
      if (result.kind === "write") return result.text;
      throw new Error("The reader answered something else.");
    },
    [ask],
  );
  return { read, write };
}
