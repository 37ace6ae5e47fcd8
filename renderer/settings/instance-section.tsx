import { Button, Switch } from "@blueprintjs/core";
import { useState } from "react";
import { api } from "../client/api.ts";
import { useLoaded } from "../client/hooks.ts";
import { sessionStore, useSession } from "../state/session.ts";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { CopyButton } from "../ui/copy.tsx";
import { href, startRoute } from "../ui/links.ts";
import { safeText } from "../ui/safe-text.ts";
import { showToast } from "../ui/toast.tsx";
import { Section, Setting } from "./section.tsx";

const KINDS = { demo: "demo", folder: "a folder of yours", own: "the console's own folder" } as const;

/** Which data is shown, who may change it, and going over to another. */
export function InstanceSection() {
  const session = useSession();
  const { profile, eventsUrl, nodes } = session;
  return (
    <Section id="instance" title="Instance">
      {profile === undefined ? (
        <Setting
          name="No profile"
          text="This frontend was started by hand, with the folders and backends it was given."
        >
          <span className="mono">{safeText(nodes.join(", "))}</span>
        </Setting>
      ) : (
        <>
          <Setting name={safeText(profile.name)} text={`${KINDS[profile.kind]}; backends ${profile.nodes.join(", ")}`}>
            <span className="mono">{safeText(profile.folder)}</span>
          </Setting>
          <EditingSetting />
          {profile.kind === "demo" ? <EraseSetting /> : null}
        </>
      )}
      <Setting name="Senders post events to">
        <span className="row">
          <span className="mono">{safeText(eventsUrl)}</span>
          <CopyButton text={eventsUrl} label="Copy the address" bare />
        </span>
      </Setting>
      <Profiles />
    </Section>
  );
}

function EditingSetting() {
  const session = useSession();
  const [busy, setBusy] = useState(false);
  const editable = session.profile?.editable === true;
  const turn = async (): Promise<void> => {
    setBusy(true);
    try {
      await api.post("POST /profiles/editable", { body: { editable: !editable } });
      sessionStore.setState({ kind: "ready", session: await api.get("GET /session") }, true);
    } catch (error) {
      showToast({ level: "bad", text: error instanceof Error ? error.message : String(error) });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Setting name="Editing" text="Whether this console may change directive and asset files of the folder.">
      <Switch
        checked={editable}
        disabled={busy}
        aria-label="Editing of the folder's files"
        label={editable ? "allowed" : "the folder is only read"}
        onChange={() => void turn()}
      />
    </Setting>
  );
}

function EraseSetting() {
  const [asking, setAsking] = useState(false);
  const erase = async (): Promise<void> => {
    await api.post("POST /demo/erase");
    location.hash = `#${startRoute()}`;
    location.reload();
  };
  return (
    <Setting name="Demo data" text="In a database of its own.">
      <Button size="small" onClick={() => setAsking(true)}>
        Erase and leave…
      </Button>
      <ConfirmDialog
        isOpen={asking}
        title="Erase the demo?"
        action="Erase and leave"
        destructive
        onConfirm={erase}
        onCancel={() => setAsking(false)}
      >
        The demo's alarms, events and notes are erased, and its services stop. Nothing else is touched.
      </ConfirmDialog>
    </Setting>
  );
}

function Profiles() {
  const { data } = useLoaded("profiles", (signal) => api.get("GET /profiles", { signal }));
  const [asked, setAsked] = useState<string>();
  const use = async (name: string): Promise<void> => {
    await api.post("POST /profiles/use", { body: { kind: "existing", name } });
    location.hash = "#/overview";
    location.reload();
  };
  if (data === undefined) return null;
  const others = data.profiles.filter(({ name }) => name !== data.current);
  return (
    <Setting
      name="Other instances"
      text={
        data.switchable
          ? "Going over restarts the services; state and database of this one are kept."
          : "This frontend was started by hand and can't go over."
      }
    >
      {others.length === 0 ? <span className="t3">none yet</span> : null}
      <ul className="profiles">
        {others.map(({ name, kind, folder }) => (
          <li key={name}>
            <span className="med">{safeText(name)}</span>
            <span className="t3 sm clip" title={safeText(folder)}>
              {KINDS[kind]}
            </span>
            <Button size="small" disabled={!data.switchable} onClick={() => setAsked(name)}>
              Go over…
            </Button>
          </li>
        ))}
      </ul>
      {data.switchable ? (
        <a className="bp6-button bp6-small" href={href(startRoute())}>
          Another folder, demo or console…
        </a>
      ) : null}
      <ConfirmDialog
        isOpen={asked !== undefined}
        title={`Go over to ${asked ?? ""}?`}
        action="Go over"
        onConfirm={() => (asked === undefined ? undefined : use(asked))}
        onCancel={() => setAsked(undefined)}
      >
        The services are stopped with their state saved and started for the other instance. This takes some seconds.
      </ConfirmDialog>
    </Setting>
  );
}
