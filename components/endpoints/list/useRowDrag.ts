"use client";
import { type RefObject, useCallback, useEffect, useRef, useState } from "react";

type Adapter = typeof import("@atlaskit/pragmatic-drag-and-drop/adapter/element-adapter");

export interface Drop {
  id: string;
  side: "before" | "after";
}

interface Options {
  /** The list whose children are the rows, each with `data-id` and within it an element with `data-drag-handle`. */
  list: RefObject<HTMLElement | null>;
  ids: readonly string[];
  allowed: boolean;
  /** A row was dropped at a place, counted from 0 in the list as it will be. */
  onDrop: (id: string, to: number) => void;
}

/**
 * Lets rows be dragged by their handles, within their list. The script for it is loaded when a pointer first comes
 * near; the same is done by keyboard on the handle, without any script of its own.
 */
export function useRowDrag({ list, ids, allowed, onDrop }: Options) {
  const [adapter, setAdapter] = useState<Adapter | null>(null);
  const [dragged, setDragged] = useState<string | null>(null);
  const [drop, setDrop] = useState<Drop | null>(null);
  const asked = useRef(false);
  const dropped = useRef(onDrop);
  useEffect(() => {
    dropped.current = onDrop;
  });
  const order = ids.join(" ");

  const wake = useCallback(() => {
    if (asked.current) return;
    asked.current = true;
    import("@atlaskit/pragmatic-drag-and-drop/adapter/element-adapter").then(setAdapter, () => {
      // The buttons move rows too; the next pointer asks again.
      asked.current = false;
    });
  }, []);

  useEffect(() => {
    if (!adapter || !allowed || !list.current) return;
    const places = order.split(" ");
    return dragRows(adapter, list.current, {
      onDrag: setDragged,
      onOver: (next) => setDrop((old) => (old?.id === next?.id && old?.side === next?.side ? old : next)),
      onDrop: (id, { id: over, side }) => {
        setDrop(null);
        const from = places.indexOf(id);
        const place = places.indexOf(over) + (side === "after" ? 1 : 0);
        // Its own place is free once it is taken out.
        const to = from < place ? place - 1 : place;
        if (to !== from) dropped.current(id, to);
      },
    });
  }, [adapter, allowed, list, order]);

  return { wake, dragged, drop };
}

interface Dragging {
  /** Null when it is over. */
  onDrag: (id: string | null) => void;
  onOver: (drop: Drop | null) => void;
  onDrop: (id: string, over: Drop) => void;
}

/** Until the function that it returns is called. */
function dragRows(adapter: Adapter, list: HTMLElement, { onDrag, onOver, onDrop }: Dragging): () => void {
  // Tells this list's rows from those of another.
  const owner = Symbol();
  const stops = [...list.children].flatMap((row) => {
    const handle = row.querySelector("[data-drag-handle]");
    const id = row instanceof HTMLElement && row.dataset.id;
    if (!id || !(handle instanceof HTMLElement)) return [];
    const sideAt = (y: number): Drop["side"] => {
      const { top, height } = row.getBoundingClientRect();
      return y < top + height / 2 ? "before" : "after";
    };
    return [
      adapter.draggable({
        element: handle,
        getInitialData: () => ({ owner, id }),
        onGenerateDragPreview: ({ nativeSetDragImage, location }) => {
          const { left, top } = row.getBoundingClientRect();
          const { clientX, clientY } = location.initial.input;
          nativeSetDragImage?.(row, clientX - left, clientY - top);
        },
        onDragStart: () => onDrag(id),
        onDrop: () => onDrag(null),
      }),
      adapter.dropTargetForElements({
        element: row,
        canDrop: ({ source }) => source.data.owner === owner,
        onDrag: ({ location, source }) => {
          const side = sideAt(location.current.input.clientY);
          onOver(source.data.id === id ? null : { id, side });
        },
        onDragLeave: () => onOver(null),
        onDrop: ({ location, source }) =>
          onDrop(String(source.data.id), { id, side: sideAt(location.current.input.clientY) }),
      }),
    ];
  });
  return () => {
    for (const stop of stops) stop();
  };
}
