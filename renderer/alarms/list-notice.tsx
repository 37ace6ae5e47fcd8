import { useEffect, useState } from "react";
import { live } from "../client/live.ts";
import { useConnection } from "../state/connection.ts";
import { NoContact } from "../ui/no-contact.tsx";
import { clockText } from "../ui/time.ts";
import { useTimeStyle } from "../ui/time-text.tsx";

/** How long a marker of a cut stays. */
const MARKER_MS = 30_000;

/** Above the list while there is no contact: what is shown is old, and how old. */
export function ListNotice() {
  const status = useConnection((state) => state.status);
  const everOpen = useConnection((state) => state.everOpen);
  if (status.kind === "open" || !everOpen) return null;
  return (
    <NoContact
      since={status.since}
      retryAt={status.kind === "lost" ? status.retryAt : undefined}
      onRetry={() => live.connectNow()}
    />
  );
}

/** Where the stream was cut and came back: a marker, not a toast. */
export function BackAgain({ at }: { at: number | undefined }) {
  const { zone } = useTimeStyle();
  const [shown, setShown] = useState<number>();
  useEffect(() => {
    if (at === undefined) return;
    setShown(at);
    const timer = setTimeout(() => setShown(undefined), MARKER_MS);
    return () => clearTimeout(timer);
  }, [at]);
  if (shown === undefined) return null;
  return (
    <div className="back-again" role="status">
      <span>
        <b>Read again at {clockText(shown, zone)}</b>, caught up
      </span>
    </div>
  );
}
