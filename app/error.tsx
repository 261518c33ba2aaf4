"use client";
import { Message } from "#components/shared/Message";

export default function ErrorPage({ retry }: { error: unknown; retry: () => void }) {
  return (
    <Message
      title="This page could not be shown"
      text="Something went wrong in Sluice. What is saved and what is deployed stays as it is."
    >
      {{ label: "Try again", onClick: retry }}
    </Message>
  );
}
