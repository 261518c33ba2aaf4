"use client";
import { Message } from "#components/shared/Message";
import { useTrouble } from "#components/shared/useTrouble";

export default function ErrorPage({ retry }: { error: unknown; retry: () => void }) {
  const text =
    useTrouble() ?? "Something went wrong in Sluice. What is saved and what is deployed stays as it is.";
  return (
    <Message title="This page could not be shown" text={text}>
      {{ label: "Try again", onClick: retry }}
    </Message>
  );
}
