import { safeText } from "./safe-text.ts";

/** An alarm's status: a ring while untouched, half filled once taken, full when done; and its word. */
export function StatusMark({ status, statuses }: { status: string; statuses: readonly string[] }) {
  const at = statuses.indexOf(status);
  const kind = at === 0 ? "open" : at === statuses.length - 1 ? "closed" : "taken";
  return (
    <span className={`status-mark ${kind}`}>
      <i aria-hidden="true" />
      {safeText(status)}
    </span>
  );
}
