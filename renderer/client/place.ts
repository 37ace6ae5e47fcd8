/**
 * Where the page runs. In a browser it comes from the frontend itself and a cookie speaks for it. In the desktop's window
 * it comes from app://dsiem, whose main process forwards /api with the token; only the WebSocket goes directly.
 */
export interface Desktop {
  /** Where the live WebSocket is and the token that opens it; asked anew for each connection. */
  live(): Promise<{ url: string; token: string }>;
  readonly platform: string;
}

declare global {
  interface Window {
    /** What the desktop's preload script offers; missing in a browser. */
    readonly dsiem?: Desktop;
  }
}

export function desktop(): Desktop | undefined {
  return window.dsiem;
}
