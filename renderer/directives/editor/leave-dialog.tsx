import { Button, Dialog, DialogBody, DialogFooter } from "@blueprintjs/core";
import { useEffect, useRef, useState } from "react";
import { goTo, guardLeaving, parseHash } from "../../ui/hash-location.ts";
import { type EditTarget, targetKey, targetOf } from "./target.ts";
import type { Edit } from "./use-edit.ts";

/** Asks before another view takes the place of an editor with unsaved changes. */
export function LeaveDialog({ target, edit }: { target: EditTarget; edit: Edit }) {
  const [route, setRoute] = useState<string>();
  const own = targetKey(target);
  const isChanged = edit.changed && edit.edited.text !== "";
  const mayLeave = useRef(false);
  useEffect(() => {
    if (!isChanged) return;
    return guardLeaving((to) => {
      const { path, search } = parseHash(to);
      const next = targetOf(path, new URLSearchParams(search));
      // The debugger replays with the draft and leads back to it.
      const debugs = edit.isKept && path === "/directives/debugger";
      if (mayLeave.current || debugs || (next !== undefined && targetKey(next) === own)) return false;
      setRoute(to);
      return true;
    });
  }, [isChanged, own, edit.isKept]);
  useEffect(() => {
    // What isn't kept is lost with the page: the browser asks.
    if (edit.isKept || !edit.changed) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [edit.isKept, edit.changed]);
  const leave = (discard: boolean) => {
    if (route === undefined) return;
    mayLeave.current = true;
    if (discard) edit.discard();
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
          {edit.isKept
            ? "The backends go on with what is saved. Your draft can wait here for you, or be discarded."
            : "The backends go on with what is saved. Your draft is too long to be kept and would be lost."}
        </p>
      </DialogBody>
      <DialogFooter
        actions={
          <>
            <Button autoFocus text="Stay" onClick={() => setRoute(undefined)} />
            <Button intent="danger" text="Discard and leave" onClick={() => leave(true)} />
            {edit.isKept ? (
              <Button intent="primary" text="Keep the draft and leave" onClick={() => leave(false)} />
            ) : null}
          </>
        }
      />
    </Dialog>
  );
}
