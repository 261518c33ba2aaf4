"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useLive } from "../frame/LiveContext";
import { useAnnounce } from "../shared/Announcer";
import { answerOf, failureText } from "../shared/actionResults";
import { focusSoon } from "../shared/focusSoon";
import type { DeploymentActions, RollBack, Save } from "./deploymentResults";

/** What is asked before it is done. */
export type Asking =
  | { kind: "deploy" | "undeploy" }
  | { kind: "rollBack" | "editFrom"; number: number }
  | { kind: "bringBack"; save: Save };

interface Options extends DeploymentActions {
  id: string;
  title: string;
  draftVersion: number;
}

/** The question that is open, and what each of them does once it is confirmed. */
export function useDeploying({ id, title, draftVersion, ...actions }: Options) {
  const router = useRouter();
  const announce = useAnnounce();
  const { follow } = useLive();
  const [asking, setAsking] = useState<Asking | null>(null);
  const [failure, setFailure] = useState("");
  const close = () => setAsking(null);
  const ask = (next: Asking) => {
    setFailure("");
    follow(null);
    setAsking(next);
  };

  const deployed = (result: Awaited<ReturnType<RollBack>>) => {
    close();
    if (result.ok) {
      follow(result);
      // It is told above the list that was pressed in, and whoever goes on from there finds how the API is called.
      focusSoon("deploy-notice");
      return;
    }
    const words =
      result.kind === "unreadable" ? "This revision cannot be read any more." : failureText(result);
    setFailure(`Not deployed: what was live before stays live. ${words}`);
  };
  const deploy = async (note: string) => deployed(await answerOf(actions.onDeploy(id, draftVersion, note)));
  const rollBack = async (number: number, note: string) =>
    deployed(await answerOf(actions.onRollBack(id, number, note)));
  const undeploy = async () => {
    const result = await answerOf(actions.onUndeploy(id));
    close();
    if (result.ok) announce(`${title} is not deployed any more.`);
    else setFailure(`Not undeployed. ${failureText(result)}`);
  };

  const notCopied = (result: { kind: string; message?: string }) => {
    const changed = "The draft was changed elsewhere. Reload this page and try again.";
    setFailure(`The draft is as it was. ${result.message ?? changed}`);
  };
  const bringBack = async (save: Save) => {
    const result = await answerOf(actions.onBringBack(id, save.id, draftVersion));
    close();
    if (result.ok) announce("The draft is back as it was before that save.");
    else notCopied(result);
  };
  const editFrom = async (number: number) => {
    const result = await answerOf(actions.onEditFrom(id, number, draftVersion));
    close();
    if (!result.ok) return notCopied(result);
    announce(`The draft is a copy of r${number} now.`);
    router.push(`/apis/${id}/endpoints`);
  };

  return { asking, ask, close, failure, setFailure, deploy, rollBack, undeploy, bringBack, editFrom };
}

export type Deploying = ReturnType<typeof useDeploying>;
