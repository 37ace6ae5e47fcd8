import { lazy, Suspense } from "react";
import { Redirect, Route, Switch } from "wouter";
import { ErrorBoundary } from "../ui/error-boundary.tsx";
import { Navigation } from "./navigation.tsx";
import { SCREENS, type ScreenEntry } from "./screens.ts";
import { StatusBar } from "./status-bar.tsx";
import { TopBar } from "./top-bar.tsx";

const FIRST = SCREENS[0]?.name ?? "alarms";
const PAGES = SCREENS.map((screen) => ({ ...screen, Page: lazily(screen) }));

function lazily(screen: ScreenEntry) {
  return lazy(async () => ({ default: (await screen.load()).Screen }));
}

/** Navigation, top bar, status bar, and in their midst the screen that the address names. */
export function Frame() {
  return (
    <div className="frame">
      <Navigation />
      <TopBar />
      <main className="main" id="main">
        <Switch>
          {PAGES.map(({ name, title, Page }) => (
            <Route key={name} path={`/${name}/*?`}>
              <ErrorBoundary title={title}>
                <Suspense fallback={null}>
                  <Page />
                </Suspense>
              </ErrorBoundary>
            </Route>
          ))}
          <Route>
            <Redirect to={`/${FIRST}`} replace />
          </Route>
        </Switch>
      </main>
      <StatusBar />
    </div>
  );
}
