import { fileURLToPath } from "node:url";
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from "@grpc/grpc-js";
import { loadSync, type MessageTypeDefinition } from "@grpc/proto-loader";

/** A span as it came over the wire. */
export interface ReceivedSpan {
  service: string;
  scope: string;
  traceId: string;
  spanId: string;
  /** "" for the first span of a trace. */
  parentId: string;
  name: string;
  kind: number;
  /** Nanoseconds since the epoch. */
  start: bigint;
  end: bigint;
  attributes: Record<string, string | number>;
  /** The message of a span that ended with an error. */
  error: string | undefined;
}

/** One value of a gauge as it came over the wire. */
export interface ReceivedGauge {
  service: string;
  scope: string;
  name: string;
  value: number;
  /** Which of the two number fields of the protocol held it. */
  type: "int" | "double";
}

interface KeyValues {
  attributes: { key: string; value: { value?: string; string_value?: string; int_value?: string } }[];
}
interface Scope {
  scope: { name: string };
}
interface TraceRequest {
  resource_spans: { resource: KeyValues; scope_spans: (Scope & { spans: WireSpan[] })[] }[];
}
interface WireSpan extends KeyValues {
  trace_id: Buffer;
  span_id: Buffer;
  parent_span_id: Buffer;
  name: string;
  kind: number;
  start_time_unix_nano: string;
  end_time_unix_nano: string;
  status: { message: string; code: number } | null;
}
interface MetricsRequest {
  resource_metrics: { resource: KeyValues; scope_metrics: (Scope & { metrics: WireMetric[] })[] }[];
}
interface WireMetric {
  name: string;
  gauge: { data_points: { value: "as_double" | "as_int"; as_double?: number; as_int?: string }[] } | null;
}

const STATUS_ERROR = 2;
const definitions = loadSync(fileURLToPath(new URL("./otlp.proto", import.meta.url)), {
  keepCase: true,
  longs: String,
  bytes: Buffer,
  arrays: true,
  defaults: true,
  oneofs: true,
});

/** An OTLP collector for tests: a real gRPC server on a free port that keeps what it is sent. */
export class OtlpReceiver {
  readonly spans: ReceivedSpan[] = [];
  readonly gauges: ReceivedGauge[] = [];
  requests = 0;
  /** What the client granted each request, in milliseconds. */
  readonly grantedMs: number[] = [];
  /** Set, requests are answered with an error; "hang": never. */
  trouble: "refuse" | "hang" | undefined;
  /** The `authorization` header of each request. */
  readonly authorizations: string[] = [];
  readonly #server = new Server();
  #scheme: "http" | "https" = "http";
  port = 0;

  /** @param tls its certificate and key, when it is to be reached by https. */
  static async start(port = 0, tls?: { cert: string; key: string }): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver();
    const credentials =
      tls === undefined
        ? ServerCredentials.createInsecure()
        : ServerCredentials.createSsl(null, [{ cert_chain: Buffer.from(tls.cert), private_key: Buffer.from(tls.key) }]);
    receiver.#scheme = tls === undefined ? "http" : "https";
    receiver.#serve("trace.v1.TraceService", "ExportTraceServiceRequest", (request: TraceRequest) =>
      receiver.#takeSpans(request),
    );
    receiver.#serve("metrics.v1.MetricsService", "ExportMetricsServiceRequest", (request: MetricsRequest) =>
      receiver.#takeMetrics(request),
    );
    receiver.port = await new Promise<number>((resolve, reject) => {
      receiver.#server.bindAsync(`127.0.0.1:${port}`, credentials, (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    return receiver;
  }

  get endpoint(): string {
    return `${this.#scheme}://127.0.0.1:${this.port}`;
  }

  close(): void {
    this.#server.forceShutdown();
  }

  #serve<Request>(service: string, requestType: string, take: (request: Request) => void): void {
    const request = messageType(requestType);
    const response = messageType("ExportResponse");
    const definition = {
      Export: {
        path: `/opentelemetry.proto.collector.${service}/Export`,
        requestStream: false,
        responseStream: false,
        requestSerialize: request.serialize,
        requestDeserialize: request.deserialize,
        responseSerialize: response.serialize,
        responseDeserialize: response.deserialize,
      },
    } as const;
    this.#server.addService(definition, {
      Export: (call: ServerUnaryCall<Request, object>, answer: sendUnaryData<object>) => {
        this.requests += 1;
        this.authorizations.push(call.metadata.get("authorization").join());
        this.grantedMs.push(Number(call.getDeadline()) - Date.now());
        if (this.trouble === "hang") return;
        if (this.trouble === "refuse") {
          answer({ code: status.RESOURCE_EXHAUSTED, details: "the test refuses it" });
          return;
        }
        take(call.request);
        answer(null, {});
      },
    });
  }

  #takeSpans(request: TraceRequest): void {
    for (const { resource, scope_spans } of request.resource_spans) {
      const service = String(attributesOf(resource)["service.name"]);
      for (const { scope, spans } of scope_spans) {
        for (const span of spans) {
          this.spans.push({
            service,
            scope: scope.name,
            traceId: span.trace_id.toString("hex"),
            spanId: span.span_id.toString("hex"),
            parentId: span.parent_span_id.toString("hex"),
            name: span.name,
            kind: span.kind,
            start: BigInt(span.start_time_unix_nano),
            end: BigInt(span.end_time_unix_nano),
            attributes: attributesOf(span),
            error: span.status?.code === STATUS_ERROR ? span.status.message : undefined,
          });
        }
      }
    }
  }

  #takeMetrics(request: MetricsRequest): void {
    for (const { resource, scope_metrics } of request.resource_metrics) {
      const service = String(attributesOf(resource)["service.name"]);
      for (const { scope, metrics } of scope_metrics) {
        for (const { name, gauge } of metrics) {
          for (const point of gauge?.data_points ?? []) {
            const type = point.value === "as_int" ? "int" : "double";
            this.gauges.push({
              service,
              scope: scope.name,
              name,
              type,
              value: Number(point.as_int ?? point.as_double),
            });
          }
        }
      }
    }
  }
}

function messageType(name: string): MessageTypeDefinition<object, object> {
  const definition = definitions[`opentelemetry.proto.collector.${name}`];
  if (definition === undefined || !("serialize" in definition)) throw new Error(`otlp.proto has no message ${name}`);
  return definition as MessageTypeDefinition<object, object>;
}

/** Texts as texts, integers as numbers: so that a test sees which of the two came. */
function attributesOf({ attributes }: KeyValues): Record<string, string | number> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.value === "int_value" ? Number(value.int_value) : (value.string_value ?? `a ${value.value}`),
    ]),
  );
}
