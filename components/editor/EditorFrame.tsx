"use client";
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import type { ReactNode } from "react";
import { ConfirmDialog } from "../shared/ConfirmDialog";
import { ReadOnlyUnless } from "../shared/ReadOnly";
import { LossesDialog } from "./LossesDialog";
import { SaveBar } from "./SaveBar";
import { StaleDialog } from "./StaleDialog";
import type { Editor } from "./useEditor";
import { useLeaveGuard } from "./useLeaveGuard";
import { useNewerDraft } from "./useNewerDraft";
import type { Saving } from "./useSaving";

interface Props {
  title: string;
  titleId?: string;
  editor: Editor;
  saving: Saving;
  /** There is something typed that is not part of the draft yet, because it makes no sense so far. */
  unread?: boolean;
  /** Something typed is being read. */
  reading?: boolean;
  /** Gives up what is typed and makes no sense. */
  onDiscardUnread?: () => void;
  children: ReactNode;
}

/** What every page has that edits the draft: the bar that saves, and the questions about what is not saved. */
export function EditorFrame({
  title,
  titleId,
  editor,
  saving,
  unread = false,
  reading = false,
  onDiscardUnread,
  children,
}: Props) {
  const { state, changes } = editor;
  const newer = useNewerDraft(editor, saving, changes.length > 0 || unread || reading);
  const guard = useLeaveGuard({ dirty: changes.length > 0 || unread || reading, work: state.present });
  const count = changes.length === 1 ? "1 change is" : `${changes.length} changes are`;
  const typed = reading && changes.length === 0 ? "What was typed is" : count;
  const what = unread ? "What was typed cannot be read yet, is" : typed;
  return (
    <Box sx={{ pb: 3 }}>
      <Typography variant="h2" id={titleId} sx={{ mb: 2 }}>
        {title}
      </Typography>
      <ReadOnlyUnless permission="api.edit">
        {children}
        <SaveBar
          editor={editor}
          saving={saving}
          live={state.base}
          unread={unread}
          reading={reading}
          newer={newer}
          onDiscardUnread={onDiscardUnread}
        />
        <LossesDialog losses={saving.losses} onConfirm={saving.deploySure} onClose={saving.deployNot} />
        <StaleDialog saving={saving} base={state.base} />
        <ConfirmDialog
          open={guard.leaving}
          title="Leave without saving?"
          text={`${what} not saved and would be lost.`}
          confirm="Leave without saving"
          cancel="Stay"
          onConfirm={guard.leave}
          onClose={guard.stay}
        />
      </ReadOnlyUnless>
    </Box>
  );
}
