import { Button } from "@blueprintjs/core";
import { useState } from "react";
import { api } from "../client/api.ts";
import { safeText } from "../ui/safe-text.ts";
import { StaleNotice } from "../ui/states.tsx";
import { showToast } from "../ui/toast.tsx";
import { tryChange } from "./use-directives.ts";

interface OutdatedNoticeProps {
  /** At least one. */
  nodes: readonly string[];
  onLoaded: () => void;
}

/** Backends that run with other files than the folder holds, and a way to have them take those in. */
export function OutdatedNotice({ nodes, onLoaded }: OutdatedNoticeProps) {
  const [isLoading, setLoading] = useState(false);
  const one = nodes.length === 1;
  const load = async (): Promise<void> => {
    setLoading(true);
    await tryChange(async () => {
      await api.post("POST /config/changed");
      showToast({ level: "ok", text: "The backends take in what is saved; live backlogs are kept" });
    });
    setLoading(false);
    onLoaded();
  };
  return (
    <StaleNotice>
      <b>{safeText(nodes.join(", "))}</b>{" "}
      {one ? "runs an older version of its files" : "run an older version of their files"}: they were changed since, and
      not from this console.{" "}
      <Button size="small" variant="outlined" loading={isLoading} onClick={() => void load()}>
        Load what is saved
      </Button>
    </StaleNotice>
  );
}
