"use client";
import RedoIcon from "@mui/icons-material/RedoOutlined";
import UndoIcon from "@mui/icons-material/UndoOutlined";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Paper from "@mui/material/Paper";
import Typography from "@mui/material/Typography";
import { useEffect, useRef } from "react";
import type { ApiDefinition } from "#lib/edit/api";
import { DeployNotice } from "../deployments/DeployNotice";
import { useAnnounce } from "../shared/Announcer";
import { FailureWords } from "../shared/FailureWords";
import { useReadOnly } from "../shared/ReadOnly";
import { SoftButton, SoftIconButton } from "../shared/SoftButton";
import { ChangesList } from "./ChangesList";
import { Reasons } from "./Reasons";
import type { Editor } from "./useEditor";
import type { Saving } from "./useSaving";

interface Props {
  editor: Editor;
  saving: Saving;
  live: ApiDefinition;
  /** There is something typed that is not part of the draft yet. */
  unread: boolean;
  /** Something typed is being read: what it changes is not known yet. */
  reading: boolean;
  /** Somebody else saved the draft meanwhile. */
  newer: boolean;
  onDiscardUnread: (() => void) | undefined;
}

export function SaveBar({ editor, saving, live, unread, reading, newer, onDiscardUnread }: Props) {
  const barRef = useRoomFor();
  const { changes, saveProblems, reasons } = editor;
  const { busy, outcome } = saving;
  const dirty = changes.length > 0;
  const announce = useAnnounce();
  useSaveKey(() => {
    if ((dirty || reading) && busy === null) saving.save(false);
    else if (!dirty) announce(unread ? notRead : "No unsaved changes");
  });
  const reasonsId = reasons.length + saveProblems.length > 0 ? "deploy-reasons" : undefined;
  return (
    <Paper ref={barRef} variant="outlined" role="group" aria-label="Save changes" sx={bar}>
      <DeployNotice definition={live} brief={dirty} />
      {/* That something was saved is no news any more beside what is not. */}
      {outcome && !((dirty || reading) && outcome.severity !== "error") && (
        <Alert
          severity={outcome.severity}
          role={outcome.severity === "error" ? "alert" : "status"}
          onClose={saving.clear}
        >
          <FailureWords>{outcome.text}</FailureWords>
        </Alert>
      )}
      {newer && dirty && busy === null && (
        <Typography variant="body2" color="textSecondary" role="status" sx={{ px: 1 }}>
          This API was saved elsewhere meanwhile: Save lets you keep both.
        </Typography>
      )}
      <Reasons id={reasonsId} saveProblems={saveProblems} reasons={reasons} />
      <Box sx={controls}>
        <EditHistory editor={editor} unread={unread} reading={reading} />
        <Buttons
          editor={editor}
          saving={saving}
          unread={unread}
          reading={reading}
          reasonsId={reasonsId}
          onDiscardUnread={onDiscardUnread}
        />
      </Box>
    </Paper>
  );
}

const notRead = "Not read yet: the text has problems";

/** What has changed, and the way back and forth in it. */
function EditHistory({ editor, unread, reading }: Pick<Props, "editor" | "unread" | "reading">) {
  const { state, changes, undo, redo } = editor;
  return (
    <Box sx={left}>
      {unread ? (
        <Typography variant="body2" color="error" sx={{ px: 1 }}>
          {notRead}
        </Typography>
      ) : (
        <ChangesList changes={changes} reading={reading} />
      )}
      <SoftIconButton label="Undo" aria-keyshortcuts="Control+Z" off={state.past.length === 0} onClick={undo}>
        <UndoIcon fontSize="small" />
      </SoftIconButton>
      <SoftIconButton
        label="Redo"
        aria-keyshortcuts="Control+Shift+Z"
        off={state.future.length === 0}
        onClick={redo}
      >
        <RedoIcon fontSize="small" />
      </SoftIconButton>
    </Box>
  );
}

type ButtonsProps = Pick<Props, "editor" | "saving" | "unread" | "reading" | "onDiscardUnread"> & {
  /** The element that says what is in the way of a deployment. */
  reasonsId: string | undefined;
};

function Buttons({ editor, saving, unread, reading, onDiscardUnread, reasonsId }: ButtonsProps) {
  const announce = useAnnounce();
  const { busy } = saving;
  const dirty = editor.changes.length > 0;
  const discard = () => {
    editor.dispatch({ kind: "discard" });
    if (unread) onDiscardUnread?.();
    announce(dirty ? "Discarded; Undo brings it back" : "Discarded");
  };
  return (
    <Box sx={dirty || unread || reading || busy ? right : rightWhenClean}>
      <SoftButton off={!(dirty || unread) || busy !== null} onClick={discard}>
        Discard
      </SoftButton>
      <SoftButton
        id="endpoint-save-btn"
        aria-keyshortcuts="Control+S"
        variant="outlined"
        off={!(dirty || reading) || busy !== null}
        onClick={() => saving.save(false)}
      >
        {busy === "save" ? "Saving…" : "Save"}
      </SoftButton>
      <SoftButton
        variant="contained"
        needs="api.deploy"
        off={busy !== null}
        aria-describedby={reasonsId}
        onClick={() => saving.save(true)}
      >
        {busy === "deploy" ? "Deploying…" : "Save & Deploy"}
      </SoftButton>
    </Box>
  );
}

/** What everybody's fingers do in an editor, where the browser would save its page. */
function useSaveKey(save: () => void) {
  const readOnly = useReadOnly() !== "";
  const latest = useRef(save);
  useEffect(() => {
    latest.current = save;
  });
  useEffect(() => {
    if (readOnly) return;
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      if (event.key.toLowerCase() !== "s") return;
      event.preventDefault();
      // A dialog has a button of its own.
      if (!document.querySelector("[role=dialog]")) latest.current();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [readOnly]);
}

/** What is reached with the keyboard must not end up under the bar, however high it is or becomes. */
function useRoomFor() {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const bar = ref.current;
    if (!bar) return;
    const { style } = document.documentElement;
    const observer = new ResizeObserver(() => {
      style.scrollPaddingBottom = `${bar.offsetHeight + 28}px`;
      const focused = document.activeElement;
      if (!focused || bar.contains(focused) || !focused.closest("main")) return;
      const { top, bottom } = focused.getBoundingClientRect();
      const covered = bar.getBoundingClientRect();
      if (bottom > covered.top && top < covered.bottom) focused.scrollIntoView({ block: "nearest" });
    });
    observer.observe(bar);
    // What grows above a field pushes it down.
    if (bar.parentElement) observer.observe(bar.parentElement);
    return () => {
      observer.disconnect();
      style.scrollPaddingBottom = "";
    };
  }, []);
  return ref;
}

const bar = {
  position: "sticky",
  bottom: { xs: 0, sm: 12 },
  zIndex: 5,
  mt: 2,
  p: 1.25,
  display: "flex",
  flexDirection: "column",
  gap: 1.25,
  boxShadow: 3,
} as const;
const controls = { display: "flex", flexWrap: "wrap", justifyContent: "space-between", gap: 1 };
const left = { display: "flex", alignItems: "center", gap: 0.5 };
// What cannot be pressed without changes takes no room on a phone.
const rightWhenClean = {
  display: "flex",
  gap: 1,
  "& > :not(:last-child)": { display: { xs: "none", sm: "inline-flex" } },
};
const right = {
  display: "flex",
  justifyContent: "flex-end",
  gap: 1,
  flex: { xs: "1 0 100%", sm: "0 0 auto" },
};
