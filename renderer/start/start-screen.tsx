import { Button } from "@blueprintjs/core";
import { useEffect, useState } from "react";
import { api } from "../client/api.ts";
import { settingsStore, useSession, useSettings } from "../state/session.ts";
import { useUrlState } from "../ui/hash-location.ts";
import { Icon, type IconName } from "../ui/icon.tsx";
import { alarmsRoute, href, settingsRoute } from "../ui/links.ts";
import { ConnectPanel } from "./connect-panel.tsx";
import { DemoPanel } from "./demo-panel.tsx";
import { FilePanel } from "./file-panel.tsx";
import { FolderPanel } from "./folder-panel.tsx";
import { StartingPanel } from "./starting-panel.tsx";
import { useStart } from "./use-start.ts";
import "./start.css";

const CHOICES = [
  { name: "demo", icon: "flask", title: "Demo", text: "Made-up traffic with current timestamps. Nothing to set up." },
  {
    name: "folder",
    icon: "folder",
    title: "Use my folder",
    text: "Directives, assets and providers from a folder you choose. Every file is checked before anything starts.",
  },
  {
    name: "connect",
    icon: "plug",
    title: "Connect",
    text: "Look at a frontend that runs elsewhere. Needs its address.",
  },
  {
    name: "file",
    icon: "file",
    title: "Open events file",
    text: "A JSON array, or one event a line, through the same door as any sender's.",
  },
] as const satisfies readonly { name: string; icon: IconName; title: string; text: string }[];
type ChoiceName = (typeof CHOICES)[number]["name"];

/** The first thing that a person sees: four ways to begin, each with what happens next. */
export function StartScreen() {
  const { product, version, firstRun } = useSession();
  const [values, change] = useUrlState();
  const chosen = CHOICES.find(({ name }) => name === values.get("with"))?.name ?? "demo";
  const { state, use, cancel } = useStart();
  const choose = (name: ChoiceName) => change({ with: name === "demo" ? undefined : name });
  useNumberKeys(state.kind === "choosing" ? choose : undefined);
  return (
    <div className="start">
      <div className="start-page">
        <header className="start-head">
          <Mark />
          <div>
            <h1>{product}</h1>
            <p className="t2">Turns normalized security events into alarms, and shows why.</p>
          </div>
          <span className="grow" />
          {firstRun ? null : (
            <a className="bp6-button bp6-minimal" href={href(alarmsRoute())}>
              Back to the console
            </a>
          )}
        </header>
        <div className="start-columns">
          <nav className="start-choices" aria-label="Ways to begin">
            {CHOICES.map(({ name, icon, title, text }, index) => (
              <button
                key={name}
                type="button"
                className={name === chosen ? "on" : ""}
                aria-current={name === chosen ? "true" : undefined}
                disabled={state.kind === "starting"}
                onClick={() => choose(name)}
              >
                <span className="start-icon">
                  <Icon name={icon} />
                </span>
                <span className="grow">
                  <span className="start-title">{title}</span>
                  <span className="t2">{text}</span>
                </span>
                <kbd className="kbd">{index + 1}</kbd>
              </button>
            ))}
          </nav>
          <section className="start-panel" aria-label="What happens next">
            {state.kind === "starting" ? (
              <StartingPanel state={state} onCancel={cancel} />
            ) : (
              <>
                {state.error === undefined ? null : (
                  <p className="start-error bad" role="alert">
                    <Icon name="x" size={14} /> {state.error}
                  </p>
                )}
                {chosen === "demo" ? <DemoPanel onUse={() => use({ kind: "demo" }, alarmsRoute())} /> : null}
                {chosen === "folder" ? (
                  <FolderPanel onUse={(folder) => use({ kind: "folder", folder }, "/overview")} />
                ) : null}
                {chosen === "connect" ? <ConnectPanel /> : null}
                {chosen === "file" ? <FilePanel onUse={(kind) => use({ kind }, "/events?import=1")} /> : null}
              </>
            )}
          </section>
        </div>
        <footer className="start-foot sm t3">
          <span>Everything stays on this machine.</span>
          <span>Demo data has its own database and is erased with one click.</span>
          <span className="grow" />
          <ThemeButton />
          <a href={href(settingsRoute())}>Settings</a>
          <span className="num">{version}</span>
        </footer>
      </div>
    </div>
  );
}

/** 1 to 4 choose, unless somebody types. */
function useNumberKeys(choose: ((name: ChoiceName) => void) | undefined): void {
  useEffect(() => {
    if (choose === undefined) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLInputElement) return;
      const choice = /^[1-4]$/.test(event.key) ? CHOICES[Number(event.key) - 1] : undefined;
      if (choice === undefined) return;
      // Its panel may put the caret into a field, which is not to get the digit.
      event.preventDefault();
      choose(choice.name);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [choose]);
}

const THEMES = ["system", "dark", "light"] as const;
function ThemeButton() {
  const { theme } = useSettings();
  const [busy, setBusy] = useState(false);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system";
  const turn = async (): Promise<void> => {
    setBusy(true);
    settingsStore.setState({ theme: next });
    // A console without a profile has nowhere to keep it; the page shows it all the same.
    await api.patch("PATCH /settings", { body: { theme: next } }).catch(() => undefined);
    setBusy(false);
  };
  return (
    <Button
      variant="minimal"
      size="small"
      icon={<Icon name="moon" size={14} />}
      disabled={busy}
      onClick={() => void turn()}
    >
      Theme: {theme}
    </Button>
  );
}

function Mark() {
  return (
    <svg width="34" height="34" viewBox="0 0 22 22" aria-hidden="true">
      <rect x="2" y="13" width="5" height="6" rx="1" fill="var(--text-3)" />
      <rect x="8.5" y="8.5" width="5" height="10.5" rx="1" fill="var(--text-2)" />
      <rect x="15" y="3" width="5" height="16" rx="1" fill="var(--text)" />
    </svg>
  );
}
