/**
 * The policy of the desktop's own pages (console.md §5): nothing but what came with the program, and the one WebSocket.
 * Pictures may be data: Blueprint draws its checkmarks so.
 */
export function contentSecurityPolicy(port: number | undefined): string {
  const live = port === undefined ? "" : ` ws://127.0.0.1:${port}`;
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
