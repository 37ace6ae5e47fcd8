import { lazy, Suspense } from "react";
import { AlarmsScreen } from "../alarms/index.ts";
import { ErrorBoundary } from "../ui/error-boundary.tsx";
import { goTo, useHashPath } from "../ui/hash-location.ts";
import { alarmsRoute } from "../ui/links.ts";

/** Loaded with the first alarm that is opened. */
const AlarmPane = lazy(async () => ({ default: (await import("../alarm/index.ts")).AlarmPane }));

/** The list of alarms with one beside it, or an alarm as a page: two screens that don't know each other, put together. */
export function Screen() {
  const path = useHashPath();
  const id = /^\/alarms\/([^/]+)\/?$/.exec(path)?.[1];
  if (id !== undefined) {
    return (
      <ErrorBoundary title="The alarm" key={id}>
        <Suspense fallback={null}>
          <AlarmPane id={decoded(id)} mode="page" onClose={() => goTo(alarmsRoute())} />
        </Suspense>
      </ErrorBoundary>
    );
  }
  return (
    <AlarmsScreen
      pane={({ id: open, at, of, onPrevious, onNext, onClose }) => (
        <ErrorBoundary title="The alarm" key={open}>
          <Suspense fallback={null}>
            <AlarmPane
              id={open}
              mode="pane"
              place={{ at, of, onPrevious, onNext }}
              onClose={onClose}
              onClosed={onNext}
            />
          </Suspense>
        </ErrorBoundary>
      )}
    />
  );
}

/** A copied link may be damaged; then it names an alarm that isn't there. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
