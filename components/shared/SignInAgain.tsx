import Link from "@mui/material/Link";

/** For those whose session ended: in another tab, because what is typed here must not go. */
export function SignInAgain() {
  return (
    <Link href="/sign-in" target="_blank" color="inherit">
      Sign in
    </Link>
  );
}
