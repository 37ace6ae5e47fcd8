import { lazy, Suspense, useEffect, useMemo, useState } from "react";
import { Redirect, Route, Switch } from "wouter";
import { togglePause, usePause } from "../state/pause.ts";
import { useSession, useSettings } from "../state/session.ts";
import { ErrorBoundary } from "../ui/error-boundary.tsx";
import { RowHeightContext } from "../ui/grid/row-height.ts";
import { goTo, useHashPath } from "../ui/hash-location.ts";
import type { ShortcutAction } from "../ui/shortcut-keys.ts";
import { SHORTCUTS } from "../ui/shortcut-keys.ts";
import { ShortcutProvider, useShortcuts } from "../ui/shortcuts.tsx";
import { type TimeStyle, TimeStyleContext } from "../ui/time-text.tsx";
import { Toaster } from "../ui/toast.tsx";
import { DemoBanner } from "./demo-banner.tsx";
import { useFrameCommands } from "./frame-commands.ts";
import { HelpDialog } from "./help-dialog.tsx";
import { NameDialog } from "./name-dialog.tsx";
import { Navigation } from "./navigation.tsx";
import { Palette } from "./palette.tsx";
import { SCREENS, type ScreenEntry } from "./screens.ts";
import { StatusBar } from "./status-bar.tsx";
import { TopBar } from "./top-bar.tsx";
import { useDesktopNews } from "./use-desktop.ts";

const ROW_HEIGHTS = { compact: 28, comfortable: 36 } as const;
const PAGES = SCREENS.map((screen) => ({ ...screen, Page: lazily(screen) }));

function lazily(screen: ScreenEntry) {
  return lazy(async () => ({ default: (await screen.load()).Screen }));
}

/** What all screens share: keys, the way times are written, the height of rows; and the frame around them. */
export function Frame() {
  const { shortcuts, timeZone, times, density } = useSettings();
  const pause = usePause();
  const style = useMemo<TimeStyle>(
    () => ({ zone: timeZone, times, ...(pause.paused ? { stoppedAt: pause.at } : {}) }),
    [timeZone, times, pause],
  );
  return (
    <ShortcutProvider remapped={shortcuts}>
      <TimeStyleContext value={style}>
        <RowHeightContext value={ROW_HEIGHTS[density]}>
          <FramedScreens />
        </RowHeightContext>
      </TimeStyleContext>
    </ShortcutProvider>
  );
}

/** Navigation, top bar, status bar, and in their midst the screen that the address names. */
function FramedScreens() {
  const { firstRun } = useSession();
  const screen = useCurrentScreen();
  const [open, setOpen] = useState<"palette" | "help">();
  const close = () => setOpen(undefined);
  useFrameCommands(() => setOpen("help"));
  useDesktopNews();
  useShortcuts({
    ...goToShortcuts(),
    palette: () => setOpen((before) => (before === "palette" ? undefined : "palette")),
    help: () => setOpen("help"),
    pause: () => togglePause(Date.now()),
  });
  if (screen?.bare === true) {
    return (
      <main className="main bare" id="main">
        <Screens first={screen.name} />
        <Toaster />
        <HelpDialog isOpen={open === "help"} onClose={close} />
      </main>
    );
  }
  return (
    <div className="frame">
      <button type="button" className="skip" onClick={() => document.getElementById("main")?.focus()}>
        Skip to the screen
      </button>
      <Navigation />
      <TopBar timeRange={screen?.timeRange === true} onSearch={() => setOpen("palette")} />
      <main className="main" id="main" tabIndex={-1}>
        <DemoBanner />
        <Screens first={firstRun && hasScreen("start") ? "start" : (SCREENS[0]?.name ?? "alarms")} />
      </main>
      <StatusBar />
      <Toaster />
      <Palette isOpen={open === "palette"} onClose={close} />
      <HelpDialog isOpen={open === "help"} onClose={close} />
      <NameDialog />
    </div>
  );
}

function Screens({ first }: { first: string }) {
  return (
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
        <Redirect to={`/${first}`} replace />
      </Route>
    </Switch>
  );
}

/** The screen of the address; the window is called by it. */
function useCurrentScreen(): ScreenEntry | undefined {
  const path = useHashPath();
  const screen = SCREENS.find(({ name }) => path === `/${name}` || path.startsWith(`/${name}/`));
  const { product } = useSession();
  useEffect(() => {
    document.title = screen === undefined ? product : `${screen.title} · ${product}`;
  }, [screen, product]);
  return screen;
}

function hasScreen(name: string): boolean {
  return SCREENS.some((screen) => screen.name === name);
}

function goToShortcuts(): Partial<Record<ShortcutAction, () => void>> {
  const handlers: Partial<Record<ShortcutAction, () => void>> = {};
  for (const { action } of SHORTCUTS) {
    const name = action.startsWith("go.") ? action.slice("go.".length) : "";
    if (hasScreen(name)) handlers[action] = () => goTo(`/${name}`);
  }
  return handlers;
}
