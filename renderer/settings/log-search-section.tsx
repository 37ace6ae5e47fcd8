import { Button, InputGroup } from "@blueprintjs/core";
import { type FormEvent, useEffect, useState } from "react";
import type { Settings } from "../../engine/contract/console/session.ts";
import { useSettings } from "../state/session.ts";
import { safeText } from "../ui/safe-text.ts";
import { Section, Setting } from "./section.tsx";
import { changeSettings } from "./settings-change.ts";
import { checkTemplate, PLACEHOLDERS } from "./templates.ts";

const FIELDS = [
  { field: "alarm", name: "For an alarm" },
  { field: "event", name: "For an event" },
  { field: "address", name: "For an address" },
] as const;

/** Links from ids, addresses and titles to a log search elsewhere. */
export function LogSearchSection() {
  return (
    <Section
      id="log-search"
      title="Log search"
      text={
        <>
          Addresses of Kibana, OpenSearch Dashboards or anything else, with{" "}
          {PLACEHOLDERS.map((name) => (
            <code key={name} className="mono">{`{${name}} `}</code>
          ))}
          in them. An empty one shows no link.
        </>
      }
    >
      {FIELDS.map(({ field, name }) => (
        <TemplateSetting key={field} field={field} name={name} />
      ))}
    </Section>
  );
}

function TemplateSetting({ field, name }: { field: keyof Settings["logSearch"]; name: string }) {
  const { logSearch } = useSettings();
  const kept = logSearch[field];
  const [text, setText] = useState(kept);
  useEffect(() => setText(kept), [kept]);
  const check = checkTemplate(text);
  const id = `settings-template-${field}`;
  const save = (event: FormEvent): void => {
    event.preventDefault();
    if (check.kind !== "wrong") void changeSettings({ logSearch: { ...logSearch, [field]: text.trim() } });
  };
  return (
    <Setting name={name} controlId={id}>
      <form className="row" onSubmit={save}>
        <InputGroup
          id={id}
          className="mono grow"
          size="small"
          placeholder="https://kibana.example/app/discover#/?…{alarm_id}"
          intent={check.kind === "wrong" ? "danger" : "none"}
          aria-describedby={`${id}-check`}
          value={text}
          onValueChange={setText}
        />
        <Button type="submit" size="small" disabled={check.kind === "wrong" || text.trim() === kept}>
          Keep
        </Button>
      </form>
      <p id={`${id}-check`} className={`sm template-check ${check.kind === "wrong" ? "bad" : "t3"}`} role="status">
        {check.kind === "wrong"
          ? safeText(check.why)
          : check.kind === "ok"
            ? `Such as ${safeText(check.example)}`
            : "No link is shown."}
      </p>
    </Setting>
  );
}
