import { Button } from "@blueprintjs/core";
import { useState } from "react";
import { Icon } from "./icon.tsx";
import { safeText } from "./safe-text.ts";
import { showToast } from "./toast.tsx";

/** Files that are only read: why, and the switch that turns editing on. */
export function ReadOnlyNotice({ text, onTurnOn }: { text: string; onTurnOn: () => Promise<void> }) {
  const [busy, setBusy] = useState(false);
  const turnOn = async (): Promise<void> => {
    setBusy(true);
    try {
      await onTurnOn();
    } catch (error) {
      showToast({ level: "bad", text: error instanceof Error ? error.message : String(error) });
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="stale-notice read-only" role="note">
      <Icon name="info" className="t2" />
      <span className="grow">{safeText(text)}</span>
      <Button size="small" loading={busy} onClick={() => void turnOn()}>
        Turn editing on
      </Button>
    </div>
  );
}
