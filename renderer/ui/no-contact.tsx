import { StaleNotice } from "./states.tsx";
import { clockText, spanText } from "./time.ts";
import { useClockText, useTimeStyle } from "./time-text.tsx";

/** Above a list while there is no contact: what is shown is old, how old, and when it is tried again. */
export function NoContact({
  since,
  retryAt,
  onRetry,
}: {
  since: number;
  retryAt: number | undefined;
  onRetry: () => void;
}) {
  const { zone } = useTimeStyle();
  const age = useClockText((now) => spanText(now - since));
  const next = useClockText((now) => (retryAt === undefined ? "now" : `in ${spanText(retryAt - now)}`));
  return (
    <StaleNotice onRetry={onRetry}>
      <b>No contact for {age}.</b> Showing the list as of {clockText(since, zone)}. Next try {next}.
    </StaleNotice>
  );
}
