/**
 * The policy of the desktop's own pages (console.md §5): nothing but what came with the program, and the one WebSocket.
 * Pictures may be data: Blueprint draws its checkmarks so.
 * @param frontend base URL of the frontend that the WebSocket goes to; `undefined` while there is none
 */
export function contentSecurityPolicy(frontend: string | undefined): string {
  const live = frontend === undefined ? "" : ` ${frontend.replace(/^http/, "ws")}`;
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' data:",
    "worker-src 'self'",
    `connect-src 'self'${live}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join("; ");
}
