import { type Pill, pillOf, useConnection } from "../state/connection.ts";
import { assertNever } from "../ui/assert-never.ts";
import { healthRoute, href } from "../ui/links.ts";
import { spanText } from "../ui/time.ts";
import { useClockText } from "../ui/time-text.tsx";

/** How the console is connected, in a shape, a colour and words. */
export function ConnectionPill() {
  const state = useConnection((each) => each);
  const pill = pillOf(state);
  const text = useClockText((now) => pillText(pill, now));
  return (
    <a className="conn" href={href(healthRoute())}>
      <span className={`dot ${dotOf(pill)}`} aria-hidden="true" />
      {text}
    </a>
  );
}

function dotOf(pill: Pill): string {
  if (pill.kind === "live") return "";
  if (pill.kind === "connecting") return "off";
  return pill.kind === "catching-up" ? "warn" : "bad";
}

function pillText(pill: Pill, now: number): string {
  switch (pill.kind) {
    case "live":
      return "Connected";
    case "connecting":
      return "Connecting";
    case "catching-up":
      return `${pill.names.join(", ")} not up yet`;
    case "backend-down":
      return `${pill.names.join(", ")} down`;
    case "no-contact":
      return `No contact · ${spanText(now - pill.since)}`;
    default:
      return assertNever(pill);
  }
}
