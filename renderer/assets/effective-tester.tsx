import { Button, InputGroup } from "@blueprintjs/core";
import { type FormEvent, useState } from "react";
import { api } from "../client/api.ts";
import { useLoaded } from "../client/hooks.ts";
import { useUrlState } from "../ui/hash-location.ts";
import { KeyValue } from "../ui/key-value.tsx";
import { alarmsRoute, backlogsRoute, eventsRoute, href } from "../ui/links.ts";
import { safeText } from "../ui/safe-text.ts";
import { FailedState } from "../ui/states.tsx";
import { ValueText } from "../ui/value-text.tsx";

/** What the engine makes of one address; the address is in the view's own. */
export function EffectiveTester() {
  const [values, change] = useUrlState();
  const asked = values.get("ip") ?? "";
  const [text, setText] = useState(asked);
  const { data, error, reload } = useLoaded(asked === "" ? undefined : asked, (signal) =>
    api.get("GET /assets/effective", { query: { ip: asked }, signal }),
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    change({ ip: text.trim() === "" ? undefined : text.trim() });
  };
  return (
    <aside className="tester" aria-label="Value of an address">
      <h2>Value of an address</h2>
      <form className="row" onSubmit={submit}>
        <InputGroup
          className="mono grow"
          size="small"
          placeholder="10.30.8.14"
          aria-label="Address"
          value={text}
          onValueChange={setText}
        />
        <Button type="submit" size="small">
          Look
        </Button>
      </form>
      {asked === "" ? (
        <p className="t3 sm">
          What the engine counts for an address: the highest value of the entries that contain it.
        </p>
      ) : error !== undefined ? (
        <FailedState title="It can't be told" text={error.message} onRetry={reload} />
      ) : data === undefined ? null : (
        <>
          <p className="tester-value">
            <b className="num">{data.value}</b>
            <span>{safeText(data.text)}</span>
          </p>
          <KeyValue
            items={[
              ["Name", data.name === undefined ? "none" : <ValueText key="name" text={data.name} />],
              ["HOME_NET", data.home ? "yes" : "no"],
              ["Whitelisted", data.whitelisted ? "yes, ignored as source" : "no"],
              [
                "Networks",
                data.networks.length === 0 ? "none" : <ValueText key="networks" mono text={data.networks.join(", ")} />,
              ],
            ]}
          />
          {data.entries.length === 0 ? null : (
            <ol className="tester-entries" aria-label="Entries that contain it">
              {data.entries.map(({ name, cidr, value }) => (
                <li key={`${cidr} ${name}`}>
                  <span className="mono">{safeText(cidr)}</span>
                  <span className="grow clip t2">
                    <ValueText text={name} most={60} />
                  </span>
                  <b className="num">{value}</b>
                </li>
              ))}
            </ol>
          )}
          <p className="row sm tester-links">
            <a href={href(alarmsRoute({ q: `ip:${data.ip}`, t: "all" }))}>Its alarms</a>
            <a href={href(backlogsRoute({ ip: data.ip }))}>Its backlogs</a>
            <a href={href(eventsRoute({ q: `ip:${data.ip}` }))}>Its events</a>
          </p>
        </>
      )}
    </aside>
  );
}
