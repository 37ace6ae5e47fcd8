import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-grpc";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { defaultResource, resourceFromAttributes } from "@opentelemetry/resources";
import { AlwaysOnSampler, ParentBasedSampler, TracerProvider } from "@opentelemetry/sdk-trace";
import { errorText } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import type { BackendSpans, DoorSpans, Figures, Telemetry, TelemetryOptions } from "../telemetry.ts";
import { ExportState } from "./export-state.ts";
import { Gauges } from "./gauges.ts";
import { SpanQueue } from "./span-queue.ts";
import { CorrelationSpans, doorSpans } from "./spans.ts";

/** One export takes at most so long, in milliseconds (compat.md §4). */
const EXPORT_TIMEOUT_MS = 10_000;

/**
 * Traces and metrics by OTLP over gRPC. Nothing but `startTelemetry` imports this file, and that only when they are
 * wanted. Headers, certificates and compression are taken from the OTEL_EXPORTER_OTLP_* variables, as everywhere.
 */
export class OpenTelemetry implements Telemetry {
  readonly doorSpans: DoorSpans | undefined;
  readonly backendSpans: BackendSpans | undefined;
  readonly export: ((figures: Figures) => void) | undefined;
  readonly #log: Logger;
  readonly #spans: SpanQueue | undefined;
  readonly #gauges: Gauges | undefined;

  constructor({ tracing, metrics, endpoint, node, clock, log }: TelemetryOptions) {
    this.#log = log;
    const resource = defaultResource().merge(resourceFromAttributes({ "service.name": node }));
    const exporter = { url: endpoint, timeoutMillis: EXPORT_TIMEOUT_MS };
    const { host } = new URL(endpoint);
    if (tracing) {
      const spans = new SpanQueue(new OTLPTraceExporter(exporter), new ExportState("traces", host, log), log);
      // Every event that nobody upstream has decided about; said here, so that no variable of the environment decides.
      const sampler = new ParentBasedSampler({ root: new AlwaysOnSampler() });
      const tracer = new TracerProvider({ resource, sampler, spanProcessors: [spans] }).getTracer("dsiem");
      this.#spans = spans;
      this.doorSpans = doorSpans(tracer, clock, () => spans.drop());
      this.backendSpans = new CorrelationSpans(tracer, clock);
    }
    if (metrics) {
      const state = new ExportState("metrics", host, log);
      const gauges = new Gauges(node, resource, new OTLPMetricExporter(exporter), state);
      this.#gauges = gauges;
      this.export = (figures) => gauges.export(figures);
    }
  }

  async stop(timeoutMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const timeUp = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs);
    });
    const stopping = Promise.all([this.#spans?.shutdown(), this.#gauges?.stop()]).catch((error: unknown) =>
      this.#log.warn("the exporters couldn't be stopped in order", { reason: errorText(error) }),
    );
    await Promise.race([stopping, timeUp]);
    clearTimeout(timer);
    if (this.#spans === undefined) return;
    this.#spans.abandon();
    const { exported, failed, dropped } = this.#spans.counters;
    this.#log.info("no more spans are exported", { exported, failed, dropped });
  }
}
