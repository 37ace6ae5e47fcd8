import { Button } from "@blueprintjs/core";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useSettings } from "../state/session.ts";
import { combinationOf, keysByAction, SHORTCUTS, type ShortcutAction } from "../ui/shortcut-keys.ts";
import { Keys } from "../ui/shortcuts.tsx";
import { Section } from "./section.tsx";
import { changeSettings } from "./settings-change.ts";
import { keyConflict, usualKeys, withKeys } from "./shortcut-changes.ts";

const GROUPS = ["Go to", "View", "List", "Selected", "Debugger"] as const;
const IS_MAC = /mac/i.test(navigator.platform);
/** How long a second key is waited for. */
const SECOND_KEY_MS = 1_000;

/** The keys of all actions; each can be changed to any that are free. */
export function ShortcutsSection() {
  const { shortcuts } = useSettings();
  const [recording, setRecording] = useState<ShortcutAction>();
  const [refusal, setRefusal] = useState<{ action: ShortcutAction; why: string }>();
  const keys = keysByAction(shortcuts);
  const record = (action: ShortcutAction, pressed: string): void => {
    setRecording(undefined);
    const why = keyConflict(shortcuts, action, pressed);
    setRefusal(why === undefined ? undefined : { action, why });
    if (why === undefined) void changeSettings({ shortcuts: withKeys(shortcuts, action, pressed) });
  };
  const reset = (action: ShortcutAction): void => record(action, usualKeys(action));
  return (
    <Section
      id="shortcuts"
      title="Shortcuts"
      text="Press Change, then one key, a combination, or two keys after each other. Escape leaves it as it is."
    >
      <div className="shortcut-groups">
        {GROUPS.map((group) => (
          <section key={group} aria-label={group}>
            <h3>{group}</h3>
            <ul>
              {SHORTCUTS.filter((shortcut) => shortcut.group === group).map(({ action, text }) => (
                <li key={action}>
                  <span className="grow">{text}</span>
                  {recording === action ? (
                    <Recorder onKeys={(pressed) => record(action, pressed)} onStop={() => setRecording(undefined)} />
                  ) : (
                    <>
                      <Keys action={action} />
                      <span className="off-screen">{keys.get(action)}</span>
                      <Button
                        variant="minimal"
                        size="small"
                        aria-label={`Change the keys of ${text}`}
                        onClick={() => {
                          setRefusal(undefined);
                          setRecording(action);
                        }}
                      >
                        Change
                      </Button>
                      {shortcuts[action] === undefined ? null : (
                        <Button
                          variant="minimal"
                          size="small"
                          aria-label={`Reset the keys of ${text}`}
                          onClick={() => reset(action)}
                        >
                          Reset
                        </Button>
                      )}
                    </>
                  )}
                  {refusal?.action === action ? (
                    <p className="bad sm" role="alert">
                      {refusal.why}
                    </p>
                  ) : null}
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
      <div>
        <Button
          size="small"
          disabled={Object.keys(shortcuts).length === 0}
          onClick={() => void changeSettings({ shortcuts: {} })}
        >
          Reset all
        </Button>
      </div>
    </Section>
  );
}

/** Takes the next one or two keys, and keeps them from doing anything else. */
function Recorder({ onKeys, onStop }: { onKeys: (keys: string) => void; onStop: () => void }) {
  const field = useRef<HTMLButtonElement>(null);
  const [first, setFirst] = useState<string>();
  const latest = useRef(onKeys);
  latest.current = onKeys;
  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    if (first === undefined) return;
    const timer = setTimeout(() => latest.current(first), SECOND_KEY_MS);
    return () => clearTimeout(timer);
  }, [first]);
  const onKeyDown = (event: KeyboardEvent<HTMLButtonElement>): void => {
    const pressed = combinationOf(event, IS_MAC);
    if (pressed === undefined || pressed === "Tab" || pressed === "Shift+Tab") return;
    event.preventDefault();
    event.stopPropagation();
    event.nativeEvent.stopImmediatePropagation();
    if (pressed === "Escape") onStop();
    else if (first !== undefined) onKeys(`${first} ${pressed}`);
    // Only plain keys begin a pair: a combination is one by itself.
    else if (pressed.includes("+")) onKeys(pressed);
    else setFirst(pressed);
  };
  return (
    <button ref={field} type="button" className="recorder" onKeyDown={onKeyDown} onBlur={onStop}>
      {first === undefined ? "Press keys…" : `${first} …`}
    </button>
  );
}
