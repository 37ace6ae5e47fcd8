import type { Telemetry, TelemetryOptions } from "./telemetry.ts";

/**
 * `undefined` unless traces or metrics are wanted: OpenTelemetry is loaded only then, which costs 100 ms and a few MiB,
 * and whoever would call it compares with `undefined` instead.
 */
export async function startTelemetry(options: TelemetryOptions): Promise<Telemetry | undefined> {
  if (!options.tracing && !options.metrics) return undefined;
  const { OpenTelemetry } = await import("./otlp/open-telemetry.ts");
  return new OpenTelemetry(options);
}
