import { Button, Switch } from "@blueprintjs/core";
import { useEffect, useState } from "react";
import type { UpdateState } from "../../engine/contract/desktop.ts";
import { desktop } from "../client/place.ts";
import { useSettings } from "../state/session.ts";
import { assertNever } from "../ui/assert-never.ts";
import { safeText } from "../ui/safe-text.ts";
import { Section, Setting } from "./section.tsx";
import { changeSettings } from "./settings-change.ts";

/** Updates of the desktop: told first, never installed by themselves. */
export function UpdatesSection() {
  const { updates } = useSettings();
  const [state, setState] = useState<UpdateState>({ kind: "idle" });
  const ask = (what: "state" | "check" | "download" | "install") =>
    desktop()
      ?.update(what)
      .then(setState, (error: unknown) =>
        setState({ kind: "failed", error: error instanceof Error ? error.message : String(error) }),
      );
  useEffect(() => {
    const api = desktop();
    void api?.update("state").then(setState, () => undefined);
    return api?.on("update", setState);
  }, []);
  return (
    <Section id="updates" title="Updates">
      <Setting name="Look for updates" text="Once a day; nothing else is sent.">
        <Switch
          checked={updates.check}
          aria-label="Look for updates"
          label={updates.check ? "on" : "off"}
          onChange={({ currentTarget }) => void changeSettings({ updates: { check: currentTarget.checked } })}
        />
      </Setting>
      <Setting name={sentenceOf(state)}>
        {state.kind === "available" ? (
          <Button size="small" intent="primary" onClick={() => void ask("download")}>
            Download
          </Button>
        ) : state.kind === "ready" ? (
          <Button size="small" intent="primary" onClick={() => void ask("install")}>
            Restart and install
          </Button>
        ) : (
          <Button
            size="small"
            disabled={state.kind === "off" || state.kind === "checking" || state.kind === "downloading"}
            onClick={() => void ask("check")}
          >
            Look now
          </Button>
        )}
      </Setting>
    </Section>
  );
}

function sentenceOf(state: UpdateState): string {
  switch (state.kind) {
    case "off":
      return safeText(state.why);
    case "idle":
      return "No update is known";
    case "checking":
      return "Looking…";
    case "available":
      return `Version ${safeText(state.version)} is there`;
    case "downloading":
      return `Version ${safeText(state.version)}, ${Math.round(state.percent)} % downloaded`;
    case "ready":
      return `Version ${safeText(state.version)} is installed with the next start`;
    case "failed":
      return safeText(state.error);
    default:
      return assertNever(state);
  }
}
