import { useSessionState } from "../state/session.ts";
import { assertNever } from "../ui/assert-never.ts";
import { Frame } from "./frame.tsx";
import { LoggedOut } from "./logged-out.tsx";
import { HashRouter } from "./router.tsx";
import { Unreachable } from "./unreachable.tsx";
import { useTheme } from "./use-theme.ts";

export function App() {
  useTheme();
  const state = useSessionState();
  switch (state.kind) {
    case "loading":
      return null;
    case "logged-out":
      return <LoggedOut />;
    case "failed":
      return <Unreachable error={state.error} />;
    case "ready":
      return (
        <HashRouter>
          <Frame />
        </HashRouter>
      );
    default:
      return assertNever(state);
  }
}
