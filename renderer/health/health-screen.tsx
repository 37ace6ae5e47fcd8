import { AnchorButton, Button } from "@blueprintjs/core";
import { useState } from "react";
import { api, urlOf } from "../client/api.ts";
import { useLoaded } from "../client/hooks.ts";
import { restart } from "../client/restart.ts";
import { useConnection } from "../state/connection.ts";
import { Icon } from "../ui/icon.tsx";
import { bytesText } from "../ui/number-text.ts";
import { sentenceText } from "../ui/sentence.ts";
import { restartAndSay } from "../ui/services-down.tsx";
import { DownState } from "../ui/states.tsx";
import { showToast } from "../ui/toast.tsx";
import { LedgerCard } from "./ledger-card.tsx";
import { LogCard } from "./log-card.tsx";
import { BusCard, ProviderCard, ServiceCardView } from "./service-card.tsx";
import { healthSentence, type ServiceCard, serviceCards } from "./services.ts";
import { TrendsCard } from "./trends-card.tsx";
import "./health.css";

/** Whether every part works, what it has to do, and where every event went. */
export function HealthScreen() {
  const health = useConnection((state) => state.health);
  const supervisor = useConnection((state) => state.supervisor);
  const { data: providers } = useLoaded("providers", (signal) => api.get("GET /providers", { signal }));
  const cards = serviceCards(health, supervisor);
  const rows = providers?.rows ?? [];
  const failed = cards.filter(({ supervised }) => supervised?.state === "failed");
  return (
    <>
      <header className="screen-head">
        <h1>Health</h1>
        <span className="sum">{healthSentence(cards, health?.bus, health?.database, rows)}</span>
        <span className="grow" />
        <BackupButton />
        <AnchorButton
          variant="minimal"
          size="small"
          icon={<Icon name="export" size={14} />}
          href={urlOf("GET /diagnostics", {})}
          download="dsiem-diagnostics.zip"
        >
          Diagnostics, redacted
        </AnchorButton>
      </header>
      <div className="health">
        {failed.map((card) => (
          <FailedService key={card.key} card={card} />
        ))}
        {health?.database === undefined ? null : (
          <div className="card">
            <DownState title="The console's database is down" lines={[]}>
              {sentenceText(health.database)} It is started again by itself; the alarms meanwhile come from the
              backends' journals.
            </DownState>
          </div>
        )}
        <div className="services">
          {cards.map((card) => (
            <ServiceCardView key={card.key} card={card} />
          ))}
          {health === undefined ? null : <BusCard bus={health.bus} />}
          {rows.map((row) => (
            <ProviderCard key={`${row.kind} ${row.name} ${row.file}`} row={row} />
          ))}
        </div>
        <TrendsCard />
        <LedgerCard />
        <LogCard services={(supervisor?.services ?? []).map(({ name }) => name)} />
      </div>
    </>
  );
}

/** The cause first, then the way out, then the log. */
function FailedService({ card }: { card: ServiceCard }) {
  const { supervised } = card;
  if (supervised === undefined) return null;
  return (
    <div className="card">
      <DownState
        title={`${supervised.name} doesn't run and isn't started again by itself`}
        lines={supervised.lastLines}
        onRestart={() => void restartAndSay(supervised.name, restart)}
      >
        {sentenceText(supervised.reason ?? "It stopped too often in too short a time")} Alarms, notes and search go on
        working; events are kept for it meanwhile.
      </DownState>
    </div>
  );
}

function BackupButton() {
  const [busy, setBusy] = useState(false);
  const backUp = async (): Promise<void> => {
    setBusy(true);
    try {
      const { file, bytes } = await api.post("POST /backup");
      showToast({ level: "ok", text: `Backup written to ${file}, ${bytesText(bytes)}` });
    } catch (error) {
      showToast({ level: "bad", text: error instanceof Error ? error.message : String(error) });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button
      variant="minimal"
      size="small"
      icon={<Icon name="copy" size={14} />}
      loading={busy}
      onClick={() => void backUp()}
    >
      Back up the database
    </Button>
  );
}
