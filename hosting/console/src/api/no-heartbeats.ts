import { _addOrOverwriteComponent, type FirebaseApp } from "firebase/app";

declare module "firebase/app" {
  /** In the package, and left out of its public types. */
  export function _addOrOverwriteComponent(app: FirebaseApp, component: HeartbeatComponent): void;
}

interface HeartbeatComponent {
  name: "heartbeat";
  type: "PRIVATE";
  instantiationMode: "LAZY";
  multipleInstances: false;
  serviceProps: Readonly<Record<string, never>>;
  onInstanceCreated: null;
  instanceFactory(): { triggerHeartbeat(): Promise<void>; getHeartbeatsHeader(): Promise<string> };
}

/**
 * Keeps Firebase from writing the days of its use into IndexedDB, from where it would report them to Google. To be
 * called before any service of the app exists; there is no setting for it.
 */
export function withoutHeartbeats(app: FirebaseApp): FirebaseApp {
  _addOrOverwriteComponent(app, {
    name: "heartbeat",
    type: "PRIVATE",
    instantiationMode: "LAZY",
    multipleInstances: false,
    serviceProps: {},
    onInstanceCreated: null,
    instanceFactory: () => ({
      triggerHeartbeat: () => Promise.resolve(),
      getHeartbeatsHeader: () => Promise.resolve(""),
    }),
  });
  return app;
}
