import { useMemo } from "react";
import type { Overview } from "../../engine/contract/console/overview.ts";
import { useSession } from "../state/session.ts";
import { alarmsRoute, assetsRoute, href } from "../ui/links.ts";
import { numberText } from "../ui/number-text.ts";
import { riskClassOf } from "../ui/risk.ts";
import { RiskMark } from "../ui/risk-mark.tsx";
import { ValueText } from "../ui/value-text.tsx";
import { heatRows } from "./figures.ts";

const RISKS = Array.from({ length: 10 }, (_, index) => index + 1);

/** Open alarms of each network by their risk: the redder and the further right, the worse. */
export function NetworkCard({ networks, t }: { networks: Overview["networks"]; t: string }) {
  const { riskMedium } = useSession();
  const rows = useMemo(() => heatRows(networks, riskMedium), [networks, riskMedium]);
  return (
    <section className="card networks" aria-label="Risk per network">
      <header>
        <h2>Risk per network</h2>
        <span className="t3 sm">open alarms by risk</span>
        <span className="grow" />
        <a className="bp6-button bp6-minimal bp6-small" href={href(assetsRoute())}>
          Assets
        </a>
      </header>
      {rows.length === 0 ? (
        <p className="card-none t3">No alarm touches a network of the asset files in this time.</p>
      ) : (
        <div className="heat-holder">
          <table className="heat">
            <thead>
              <tr>
                <th scope="col">Network</th>
                <th scope="col" className="num">
                  Value
                </th>
                {RISKS.map((risk) => (
                  <th scope="col" key={risk} className="num" aria-label={`Risk ${risk}`}>
                    {risk}
                  </th>
                ))}
                <th scope="col">Highest</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.network}>
                  <th scope="row">
                    <a href={href(alarmsRoute({ q: row.q, t }))}>
                      <ValueText text={row.network} mono />
                    </a>
                  </th>
                  <td className="num t2">{row.value ?? "–"}</td>
                  {row.cells.map((cell) => (
                    <td key={cell.risk} className={`cell ${cell.riskClass} heat-${cell.heat}`}>
                      {cell.count === 0 ? null : (
                        <a
                          href={href(alarmsRoute({ q: `${row.q} risk:${cell.risk}`, t }))}
                          aria-label={cell.label}
                          title={cell.label}
                        >
                          {numberText(cell.count)}
                        </a>
                      )}
                    </td>
                  ))}
                  <td>
                    <RiskMark risk={row.highest} riskClass={riskClassOf(row.highest, riskMedium)} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
