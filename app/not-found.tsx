import type { Metadata } from "next";
import { Message } from "#components/shared/Message";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <Message title="There is nothing here" text="The address may be mistyped, or the API was deleted.">
      {{ label: "Go to the APIs", href: "/apis" }}
    </Message>
  );
}
