import { type Gauge, ValueType } from "@opentelemetry/api";
import type { Resource } from "@opentelemetry/resources";
import { MeterProvider, MetricReader, type PushMetricExporter } from "@opentelemetry/sdk-metrics";
import type { Figures } from "../telemetry.ts";
import { type ExportState, resultOf } from "./export-state.ts";

/** The figures with a fraction; all others are exported as integers, as Dsiem-rs does it. */
const FRACTIONAL = new Set(["eps", "avg_proc_time_ms", "frontend_eps", "frontend_eps_limit"]);

/** Exports when a report is there, and not by a timer of its own, so that log and metrics show the same figures. */
class ReportReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {
    // Nothing is kept back.
  }

  protected override async onShutdown(): Promise<void> {
    // The exporter is shut down by who made it.
  }
}

/** Each figure as the gauge `dsiem_` + its name. */
export class Gauges {
  readonly #exporter: PushMetricExporter;
  readonly #state: ExportState;
  readonly #reader = new ReportReader();
  readonly #provider: MeterProvider;
  readonly #node: string;
  readonly #gauges = new Map<string, Gauge>();
  #exporting: Promise<void> | undefined;

  constructor(node: string, resource: Resource, exporter: PushMetricExporter, state: ExportState) {
    this.#node = node;
    this.#exporter = exporter;
    this.#state = state;
    this.#provider = new MeterProvider({ resource, readers: [this.#reader] });
  }

  /** Left out while the export before is still under way: the next report brings newer figures. */
  export(figures: Figures): void {
    for (const [name, value] of Object.entries(figures)) this.#gauge(name).record(value);
    this.#exporting ??= this.#export().finally(() => {
      this.#exporting = undefined;
    });
  }

  async stop(): Promise<void> {
    await this.#exporting;
    await this.#exporter.shutdown();
  }

  async #export(): Promise<void> {
    const { resourceMetrics } = await this.#reader.collect();
    this.#state.note(await resultOf((done) => this.#exporter.export(resourceMetrics, done)));
  }

  #gauge(name: string): Gauge {
    const known = this.#gauges.get(name);
    if (known !== undefined) return known;
    const valueType = FRACTIONAL.has(name) ? ValueType.DOUBLE : ValueType.INT;
    const gauge = this.#provider.getMeter(this.#node).createGauge(`dsiem_${name}`, { valueType });
    this.#gauges.set(name, gauge);
    return gauge;
  }
}
