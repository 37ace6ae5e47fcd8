import { Button } from "@blueprintjs/core";
import type { LiveListView } from "./live-list.ts";
import { numberText } from "./number-text.ts";
import { Keys } from "./shortcuts.tsx";

/** What waits while a list is held: "37 new · 12 moved". Its slot is always there, so that nothing jumps. */
export function NewsPill({
  view,
  onApply,
}: {
  view: Pick<LiveListView<unknown>, "added" | "moved" | "gone">;
  onApply: () => void;
}) {
  const parts = [
    view.added > 0 ? `${numberText(view.added)} new` : "",
    view.moved > 0 ? `${numberText(view.moved)} moved` : "",
    view.gone.size > 0 ? `${numberText(view.gone.size)} gone` : "",
  ].filter((part) => part !== "");
  return (
    <span className="news-slot">
      {parts.length === 0 ? null : (
        <Button intent="primary" className="news-pill" onClick={onApply} endIcon={<Keys action="apply" />}>
          {parts.join(" · ")}
        </Button>
      )}
    </span>
  );
}
