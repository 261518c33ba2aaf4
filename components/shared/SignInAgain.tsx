import Link from "@mui/material/Link";

/**
 * For those whose session ended: in a tab of its own, because what is typed here must not go. That tab knows by its
 * opener that there is a page to come back to, and closes; where it cannot, it leads to this page.
 */
export function SignInAgain() {
  const { pathname, search } = window.location;
  const query = new URLSearchParams({ to: pathname + search, again: "" });
  return (
    <Link href={`/sign-in?${query}`} target="_blank" rel="opener" color="inherit">
      Sign in
    </Link>
  );
}
