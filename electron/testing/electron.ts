import { EventEmitter } from "node:events";
import { StandInBrowserWindow, type StandInSession, StandInWebContents } from "./browser-window.ts";
import { standInUtilityProcesses } from "./utility-process.ts";

// Stands in for the module "electron" in the tests beside the main process's code (vitest.config.ts): it keeps what it is
// told, and behaves as electron's documentation says where the code relies on it. Tests reach behind it by `standIn`.

type Handler = (request: Request) => Promise<Response>;
type Invoked = (event: unknown, ...args: unknown[]) => Promise<unknown>;
interface MessageBox {
  message: string;
  detail?: string;
  buttons?: string[];
}

function fresh() {
  return {
    ready: Promise.withResolvers<void>(),
    hasLock: true,
    quits: 0,
    exited: false,
    badge: 0,
    protocolClient: "",
    schemes: [] as { scheme: string; privileges: object }[],
    protocols: new Map<string, Handler>(),
    invoked: new Map<string, Invoked>(),
    openedOutside: [] as string[],
    openedPaths: [] as string[],
    openPathProblem: "",
    boxes: [] as MessageBox[],
    /** The answers of the next message boxes; beyond them the last button. */
    boxAnswers: [] as { response: number; checkboxChecked?: boolean }[],
    errorBoxes: [] as string[],
    chosenPaths: [] as string[],
    savePath: "",
    notifications: [] as StandInNotification[],
    notificationsSupported: true,
    trays: [] as StandInTray[],
    trayFails: false,
    menu: [] as MenuItem[],
    displays: [{ workArea: { x: 0, y: 0, width: 1920, height: 1040 } }],
    dark: true,
    userData: "/nowhere/userData",
    sessions: new Map<string, ReturnType<typeof newSession>>(),
  };
}
type State = ReturnType<typeof fresh>;
export interface MenuItem {
  label?: string;
  role?: string;
  accelerator?: string;
  registerAccelerator?: boolean;
  submenu?: MenuItem[];
  click?: () => void;
}

/** What tests look at and set. */
export const standIn = {
  ...fresh(),
  reset(): void {
    for (const emitter of [app, powerMonitor]) emitter.removeAllListeners();
    StandInBrowserWindow.all.splice(0);
    Object.assign(standIn, fresh());
    session.defaultSession = newSession();
  },
  /** Calls as a page does; `contents` is who asks, from its top frame unless another one is named. */
  invoke(contents: StandInWebContents, channel: string, args: unknown[], frame?: unknown): Promise<unknown> {
    const handler = standIn.invoked.get(channel);
    if (handler === undefined) throw new Error(`nobody handles ${channel}`);
    return handler({ sender: contents, senderFrame: frame === undefined ? contents.mainFrame : frame }, ...args);
  },
} satisfies State & Record<string, unknown>;

class StandInApp extends EventEmitter {
  isPackaged = false;
  whenReady(): Promise<void> {
    return standIn.ready.promise;
  }
  requestSingleInstanceLock(): boolean {
    return standIn.hasLock;
  }
  enableSandbox(): void {}
  setAppUserModelId(): void {}
  setAsDefaultProtocolClient(scheme: string): boolean {
    standIn.protocolClient = scheme;
    return true;
  }
  setAboutPanelOptions(): void {}
  showAboutPanel(): void {}
  setBadgeCount(count: number): boolean {
    standIn.badge = count;
    return true;
  }
  getVersion(): string {
    return "0.0.0";
  }
  getPath(name: string): string {
    return name === "userData" ? standIn.userData : `/nowhere/${name}`;
  }
  /** As electron: anybody may prevent it; else windows are closed and the program ends. */
  quit(): void {
    standIn.quits++;
    let prevented = false;
    this.emit("before-quit", { preventDefault: () => (prevented = true) });
    if (prevented) return;
    for (const window of [...StandInBrowserWindow.all]) window.close();
    standIn.exited = true;
    this.emit("will-quit", {});
  }
  exit(): void {
    standIn.exited = true;
  }
}
export const app = new StandInApp();
export const powerMonitor = new EventEmitter();

StandInWebContents.created = (contents) => app.emit("web-contents-created", {}, contents);
StandInBrowserWindow.allClosed = () => app.emit("window-all-closed");

export { StandInBrowserWindow as BrowserWindow };

function newSession() {
  const emitter = new EventEmitter();
  const held: StandInSession = {
    permissionRequest: undefined,
    permissionCheck: undefined,
    devicePermission: undefined,
    displayMedia: undefined,
    beforeSendHeaders: undefined,
  };
  return Object.assign(emitter, {
    held,
    setPermissionRequestHandler: (handler: StandInSession["permissionRequest"]) => {
      held.permissionRequest = handler;
    },
    setPermissionCheckHandler: (handler: StandInSession["permissionCheck"]) => {
      held.permissionCheck = handler;
    },
    setDevicePermissionHandler: (handler: StandInSession["devicePermission"]) => {
      held.devicePermission = handler;
    },
    setDisplayMediaRequestHandler: (handler: StandInSession["displayMedia"]) => {
      held.displayMedia = handler;
    },
    webRequest: {
      onBeforeSendHeaders: (
        filter: { urls: string[] },
        listener: NonNullable<StandInSession["beforeSendHeaders"]>["listener"],
      ) => {
        held.beforeSendHeaders = { filter, listener };
      },
    },
  });
}
export const session = {
  defaultSession: newSession(),
  fromPartition(name: string) {
    const known = standIn.sessions.get(name) ?? newSession();
    standIn.sessions.set(name, known);
    return known;
  },
};

export const protocol = {
  registerSchemesAsPrivileged: (schemes: { scheme: string; privileges: object }[]) => {
    standIn.schemes = schemes;
  },
  handle: (scheme: string, handler: Handler) => standIn.protocols.set(scheme, handler),
};

export const ipcMain = {
  handle: (channel: string, handler: Invoked) => standIn.invoked.set(channel, handler),
};

export const shell = {
  openExternal: async (url: string) => {
    standIn.openedOutside.push(url);
  },
  openPath: async (path: string) => {
    standIn.openedPaths.push(path);
    return standIn.openPathProblem;
  },
};

export const dialog = {
  showMessageBox: async (box: MessageBox) => {
    standIn.boxes.push(box);
    const answer = standIn.boxAnswers.shift() ?? { response: (box.buttons?.length ?? 1) - 1 };
    return { checkboxChecked: false, ...answer };
  },
  showErrorBox: (_title: string, text: string) => standIn.errorBoxes.push(text),
  showOpenDialog: async () => {
    const path = standIn.chosenPaths.shift();
    return { canceled: path === undefined, filePaths: path === undefined ? [] : [path] };
  },
  showSaveDialog: async () => ({ canceled: standIn.savePath === "", filePath: standIn.savePath }),
};

class StandInNotification extends EventEmitter {
  readonly options: { title: string; body: string };
  constructor(options: { title: string; body: string }) {
    super();
    this.options = options;
  }
  static isSupported(): boolean {
    return standIn.notificationsSupported;
  }
  show(): void {
    standIn.notifications.push(this);
  }
}

export { StandInNotification as Notification };

class StandInTray extends EventEmitter {
  toolTip = "";
  menu: MenuItem[] = [];
  destroyed = false;
  constructor() {
    super();
    if (standIn.trayFails) throw new Error("no tray");
    standIn.trays.push(this);
  }
  setToolTip(text: string): void {
    this.toolTip = text;
  }
  setContextMenu(menu: { items: MenuItem[] }): void {
    this.menu = menu.items;
  }
  destroy(): void {
    this.destroyed = true;
  }
}

export { StandInTray as Tray };

/** electron refuses a template with an item that has neither label, role nor type. */
export const Menu = {
  buildFromTemplate(items: (MenuItem & { type?: string })[]): { items: MenuItem[] } {
    for (const item of items) {
      if (item.label === undefined && item.role === undefined && item.type === undefined) {
        throw new TypeError("Invalid template for MenuItem");
      }
      if (item.submenu !== undefined) Menu.buildFromTemplate(item.submenu);
    }
    return { items };
  },
  setApplicationMenu(menu: { items: MenuItem[] }): void {
    standIn.menu = menu.items;
  },
};

export const nativeImage = { createFromPath: (path: string) => ({ path }) };
export const nativeTheme = {
  get shouldUseDarkColors(): boolean {
    return standIn.dark;
  },
};
export const screen = {
  getAllDisplays: () => standIn.displays,
  getPrimaryDisplay: () => standIn.displays[0],
};
export const utilityProcess = standInUtilityProcesses;
