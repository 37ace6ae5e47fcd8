import { api } from "../client/api.ts";
import { useLoaded } from "../client/hooks.ts";
import { useUrlState } from "../ui/hash-location.ts";
import { countOf } from "../ui/number-text.ts";
import { panelId, TabStrip, tabId } from "../ui/tab-strip.tsx";
import { AssetsTab } from "./assets-tab.tsx";
import { ProvidersTab } from "./providers-tab.tsx";
import "./assets.css";

const TABS = ["assets", "intel", "vuln"] as const;
type Tab = (typeof TABS)[number];
const NAME = "assets";

/** What the addresses are worth, and who is asked about them. */
export function AssetsScreen() {
  const [values, change] = useUrlState();
  const tab: Tab = TABS.find((each) => each === values.get("tab")) ?? "assets";
  const assets = useLoaded("assets", (signal) => api.get("GET /assets", { signal }));
  const providers = useLoaded("providers", (signal) => api.get("GET /providers", { signal }));
  const providerCount = (kind: "intel" | "vuln") => providers.data?.rows.filter((row) => row.kind === kind).length;
  return (
    <>
      <header className="screen-head">
        <h1>Assets</h1>
        <span className="sum">
          {assets.data === undefined
            ? ""
            : `${countOf(assets.data.rows.length, "network or host", "networks and hosts")}`}
        </span>
      </header>
      <TabStrip
        name={NAME}
        label="Assets and providers"
        tabs={[
          { id: "assets", title: "Assets", count: assets.data?.rows.length },
          { id: "intel", title: "Intel", count: providerCount("intel") },
          { id: "vuln", title: "Vulnerabilities", count: providerCount("vuln") },
        ]}
        current={tab}
        onChange={(next) => change({ tab: next === "assets" ? undefined : next })}
      />
      <div className="asset-panel" role="tabpanel" id={panelId(NAME)} aria-labelledby={tabId(NAME, tab)}>
        {tab === "assets" ? <AssetsTab loaded={assets} /> : <ProvidersTab kind={tab} loaded={providers} />}
      </div>
    </>
  );
}
