import { Button, Dialog, DialogBody, DialogFooter } from "@blueprintjs/core";
import { useEffect, useRef, useState } from "react";
import { goTo, guardLeaving, parseHash } from "../../ui/hash-location.ts";
import { type EditTarget, targetKey, targetOf } from "./target.ts";
import type { Edit } from "./use-edit.ts";

/** Asks before another view takes the place of an editor with unsaved changes. */
export function LeaveDialog({ target, edit }: { target: EditTarget; edit: Edit }) {
  const [route, setRoute] = useState<string>();
  const own = targetKey(target);
  const mayLeave = useRef(false);
  const { isDraft, isKept, isForgotten } = edit;
  useEffect(() => {
    if (!isDraft) return;
    return guardLeaving((to) => {
      const { path, search } = parseHash(to);
      const next = targetOf(path, new URLSearchParams(search));
      // The debugger replays with the draft and leads back to it.
      const debugs = isKept && path === "/directives/debugger";
      const isHere = next !== undefined && targetKey(next) === own;
      if (mayLeave.current || isForgotten() || debugs || isHere) return false;
      setRoute(to);
      return true;
    });
  }, [isDraft, isKept, isForgotten, own]);
  useEffect(() => {
    // What isn't kept is lost with the page: the browser asks.
    if (isKept || !isDraft) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [isKept, isDraft]);
  const leave = (discard: boolean) => {
    if (route === undefined) return;
    mayLeave.current = true;
    if (discard) edit.forget();
    setRoute(undefined);
    goTo(route);
  };
  return (
    <Dialog
      isOpen={route !== undefined}
      title="Leave with unsaved changes?"
      className="confirm"
      isCloseButtonShown={false}
      onClose={() => setRoute(undefined)}
    >
      <DialogBody>
        <p>
          {isKept
            ? "The backends go on with what is saved. Your draft can wait here for you, or be discarded."
            : "The backends go on with what is saved. Your draft is too long to be kept and would be lost."}
        </p>
      </DialogBody>
      <DialogFooter
        actions={
          <>
            <Button autoFocus text="Stay" onClick={() => setRoute(undefined)} />
            <Button intent="danger" text="Discard and leave" onClick={() => leave(true)} />
            {isKept ? <Button intent="primary" text="Keep the draft and leave" onClick={() => leave(false)} /> : null}
          </>
        }
      />
    </Dialog>
  );
}
