import { lazy, Suspense } from "react";
import { useHashPath } from "../ui/hash-location.ts";
import { DirectivesScreen } from "./directives-screen.tsx";

/** Its code comes when it is first opened. */
const Debugger = lazy(async () => ({ default: (await import("./debugger/index.ts")).Debugger }));

/** The directives, and at an address of its own the debugger. */
export function DirectivesPage() {
  const path = useHashPath();
  if (path !== "/directives/debugger") return <DirectivesScreen />;
  return (
    <Suspense fallback={null}>
      <Debugger />
    </Suspense>
  );
}
