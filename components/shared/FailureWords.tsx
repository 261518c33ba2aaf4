"use client";
import { signedOutWords } from "#lib/access/roles";
import { SignInAgain } from "./SignInAgain";
import { useSignedOut } from "./sessionEnd";

/** Why something was not done. That one was signed out has a way out, and is over once that was taken. */
export function FailureWords({ children: text }: { children: string }) {
  const signedOut = useSignedOut();
  if (!text.includes(signedOutWords)) return text;
  if (!signedOut) return text.replace(signedOutWords, "You are signed in again: repeat this.");
  return (
    <>
      {text} <SignInAgain />
    </>
  );
}
