"use client";
import { memo, type ReactNode } from "react";

interface Props {
  open: boolean;
  children: ReactNode;
}

/** Inside a dialog: keeps what it showed last while the dialog fades out and its subject is gone already. */
export const WhileOpen = memo(
  function WhileOpen({ children }: Props) {
    return children;
  },
  (_before, now) => !now.open,
);
