/** Largest body of `POST /events` (engine.md §3). */
export const MAX_EVENTS_BODY_BYTES = 16 * 1024 * 1024;
/** Largest body of `POST /config/…`: directive files exceed 50 MB (engine.md §3). */
export const MAX_CONFIG_BODY_BYTES = 100 * 1024 * 1024;
/** JSON nested deeper than this is refused (engine.md §3). */
export const MAX_JSON_DEPTH = 64;
/** Largest message over `link`, like NATS's default `max_payload` (operation.md §4). */
export const MAX_LINK_PAYLOAD_BYTES = 1024 * 1024;
/** `--max_queue 0` of the backend means this many events (engine.md §4). */
export const BACKEND_QUEUE_WHEN_ZERO = 524_288;
/** Names of configuration files that may be read or written over HTTP (engine.md §3). */
export const CONFIG_FILE_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_-]*\.json$/;
