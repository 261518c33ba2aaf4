"use client";
import { useTrouble } from "#components/shared/useTrouble";

/**
 * When not even the frame of the pages could be shown. It has no styles of ours to rest on: the policy of the page's
 * contents lets in attributes, and the browser's own colours fit both schemes. A link works whatever became of the
 * scripts.
 */
export default function GlobalErrorPage() {
  const text =
    useTrouble() ?? "Something went wrong in Sluice. What is saved and what is deployed stays as it is.";
  return (
    <html lang="en" style={{ colorScheme: "light dark" }}>
      <body
        style={{ margin: "15vh auto", padding: 16, maxWidth: 480, font: "16px/1.5 system-ui, sans-serif" }}
      >
        <h1 style={{ fontSize: 24 }}>This page could not be shown</h1>
        <p>{text}</p>
        <p>
          <a href={typeof window === "undefined" ? "/" : window.location.href}>Load it again</a>
        </p>
      </body>
    </html>
  );
}
