import type { Metadata } from "next";
import { Message } from "#components/shared/Message";
import { currentUser } from "./_server/session";

export const metadata: Metadata = { title: "Not allowed" };

export default async function Forbidden() {
  const role = (await currentUser())?.role ?? "none";
  return (
    <Message
      title="You may not see this page"
      text={`Your role (${role}) does not allow it. An administrator can change your role.`}
    >
      {{ label: "Go to the APIs", href: "/apis" }}
    </Message>
  );
}
