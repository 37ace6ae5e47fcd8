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

function useLocation(): [string, typeof goTo] {
  return [useHashPath(), goTo];
}
