import { Dialog, DialogBody } from "@blueprintjs/core";
import { useFocusInside } from "../ui/focus-inside.ts";
import { SHORTCUTS } from "../ui/shortcut-keys.ts";
import { Keys } from "../ui/shortcuts.tsx";

const GROUPS = ["List", "Selected", "View", "Debugger", "Go to"] as const;

/** All keys and what they do, as they are mapped now. */
export function HelpDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  return (
    <Dialog isOpen={isOpen} title="Keys" onClose={onClose} className="help-dialog">
      <DialogBody>
        <AllKeys />
        <p className="t2 sm">
          In a table: arrow keys move, with Shift they select; <kbd className="kbd">Shift F10</kbd> opens the cell’s
          menu. At a column’s head Alt and the arrow keys move it, Shift and the arrow keys change its width.
        </p>
      </DialogBody>
    </Dialog>
  );
}

function AllKeys() {
  const keys = useFocusInside<HTMLDivElement>();
  return (
    <div className="help" tabIndex={-1} ref={keys}>
      {GROUPS.map((group) => (
        <section key={group}>
          <h2 className="label">{group}</h2>
          <dl>
            {SHORTCUTS.filter((shortcut) => shortcut.group === group).map((shortcut) => (
              <div key={shortcut.action}>
                <dt>{shortcut.text}</dt>
                <dd>
                  <Keys action={shortcut.action} spoken />
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}
