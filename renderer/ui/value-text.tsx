import { clipText } from "./safe-text.ts";

const MOST_SHOWN = 200;

/** A value of an event: made safe, cut, the whole of it in the tooltip. `mono` for addresses, ports and ids. */
export function ValueText({ text, mono, most = MOST_SHOWN }: { text: string; mono?: boolean; most?: number }) {
  const clipped = clipText(text, most);
  return (
    <span className={mono ? "mono" : undefined} title={clipped.whole}>
      {clipped.text}
    </span>
  );
}
