import { useEffect, useRef, useState } from "react";

/** Assistive technology hears of changes at most this often. */
const PACE_MS = 10_000;

/** Says politely what changed, at most every ten seconds, and nothing while nothing did. */
export function LiveSummary({ text }: { text: string }) {
  const [said, setSaid] = useState("");
  const latest = useRef(text);
  latest.current = text;
  useEffect(() => {
    const timer = setInterval(() => setSaid(latest.current), PACE_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <div className="off-screen" role="status" aria-live="polite">
      {said}
    </div>
  );
}
