import { Button } from "@blueprintjs/core";
import { useState } from "react";
import { api } from "../client/api.ts";
import { useSession } from "../state/session.ts";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { Icon } from "../ui/icon.tsx";
import { href, startRoute } from "../ui/links.ts";

/** Above every screen while the demo runs: what is seen is made up, and how to leave it. */
export function DemoBanner() {
  const { profile } = useSession();
  const [asking, setAsking] = useState(false);
  if (profile?.kind !== "demo") return null;
  const erase = async () => {
    await api.post("POST /demo/erase");
    setAsking(false);
    location.hash = href(startRoute());
    location.reload();
  };
  return (
    <div className="demo-banner">
      <Icon name="flask" size={14} />
      <span className="grow">
        <b>Demo data.</b> In a database of its own.
      </span>
      <Button size="small" text="Erase and leave" onClick={() => setAsking(true)} />
      <ConfirmDialog
        isOpen={asking}
        title="Erase the demo?"
        action="Erase and leave"
        destructive
        onConfirm={erase}
        onCancel={() => setAsking(false)}
      >
        The demo’s alarms, events and notes are erased, and the services stop. Nothing else is touched.
      </ConfirmDialog>
    </div>
  );
}
