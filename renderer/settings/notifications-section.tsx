import { Button, InputGroup, Switch } from "@blueprintjs/core";
import { type FormEvent, useState } from "react";
import { desktop } from "../client/place.ts";
import { useSettings } from "../state/session.ts";
import { directivesRoute, href } from "../ui/links.ts";
import { NumberField } from "./number-field.tsx";
import { Section, Setting } from "./section.tsx";
import { changeSettings } from "./settings-change.ts";

export function NotificationsSection() {
  const { notifications } = useSettings();
  const { enabled, minRisk, mutedDirectives } = notifications;
  const [id, setId] = useState("");
  const change = (part: Partial<typeof notifications>) =>
    changeSettings({ notifications: { ...notifications, ...part } });
  const mute = (event: FormEvent): void => {
    event.preventDefault();
    if (!/^\d{1,15}$/.test(id.trim())) return;
    void change({ mutedDirectives: [...new Set([...mutedDirectives, Number(id)])].sort((a, b) => a - b) });
    setId("");
  };
  return (
    <Section
      id="notifications"
      title="Notifications"
      text={
        desktop() === undefined
          ? "The desktop shows them; a browser's tab doesn't."
          : "The first at once, then one digest every 30 seconds."
      }
    >
      <Setting name="New and escalated alarms">
        <Switch
          checked={enabled}
          aria-label="Notifications of new and escalated alarms"
          label={enabled ? "shown" : "not shown"}
          onChange={({ currentTarget }) => void change({ enabled: currentTarget.checked })}
        />
      </Setting>
      <Setting name="From risk" text="Alarms below it come silently." controlId="settings-min-risk">
        <NumberField
          id="settings-min-risk"
          value={minRisk}
          lowest={0}
          highest={10}
          disabled={!enabled}
          onChange={(next) => change({ minRisk: next })}
        />
      </Setting>
      <Setting name="Muted directives" text="Their alarms are never announced." controlId="settings-mute">
        <form className="row" onSubmit={mute}>
          <InputGroup
            id="settings-mute"
            className="narrow"
            inputMode="numeric"
            size="small"
            placeholder="10021"
            value={id}
            onValueChange={setId}
          />
          <Button type="submit" size="small">
            Mute
          </Button>
        </form>
        {mutedDirectives.length === 0 ? null : (
          <ul className="muted">
            {mutedDirectives.map((directive) => (
              <li key={directive} className="tag line">
                <a className="mono" href={href(directivesRoute(directive))}>
                  {directive}
                </a>
                <Button
                  variant="minimal"
                  size="small"
                  aria-label={`Unmute ${directive}`}
                  onClick={() => void change({ mutedDirectives: mutedDirectives.filter((each) => each !== directive) })}
                >
                  Unmute
                </Button>
              </li>
            ))}
          </ul>
        )}
      </Setting>
    </Section>
  );
}
