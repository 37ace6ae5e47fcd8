import { type ReactNode, useEffect } from "react";
import { Router } from "wouter";
import { goTo, useHashPath, useHashSearch } from "../ui/hash-location.ts";
import { earlierRoute } from "../ui/links.ts";

/** Routes of the hash; addresses of earlier consoles are sent on. */
export function HashRouter({ children }: { children: ReactNode }) {
  const path = useHashPath();
  useEffect(() => {
    const now = earlierRoute(path);
    if (now !== undefined) goTo(now, { replace: true });
  }, [path]);
  return (
    <Router hook={useLocation} searchHook={useHashSearch}>
      {children}
    </Router>
  );
}

/** What an earlier address means is shown at once: the screens never see a route that none of them has. */
function useLocation(): [string, typeof goTo] {
  const path = useHashPath();
  return [earlierRoute(path) ?? path, goTo];
}
