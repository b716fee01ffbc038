import { initializeApp } from "firebase/app";
import { connectAuthEmulator, initializeAuth, inMemoryPersistence, signInWithCustomToken } from "firebase/auth";
import {
  collection,
  connectFirestoreEmulator,
  type DocumentData,
  initializeFirestore,
  limit,
  onSnapshot,
  orderBy,
  query,
  Timestamp,
} from "firebase/firestore";
import type { ConsoleConfig } from "./config.ts";
import { withoutHeartbeats } from "./no-heartbeats.ts";
import type { Job, LiveToken } from "./shapes.ts";

/** How many jobs are followed; older ones come by page from the API. */
const followedJobs = 50;

export interface Listener {
  /** Goes on with a fresh token. */
  renew(token: string): Promise<void>;
  stop(): void;
}

/**
 * Listens to the tenant's jobs in Firestore. Loaded only where jobs are shown, since it is the largest part of the
 * console. The account stays in memory: nothing is stored in the browser.
 *
 * @param onError - called once, when the listener has ended for good.
 */
export async function listenToJobs(
  config: ConsoleConfig["firebase"],
  live: LiveToken,
  onJobs: (jobs: Job[]) => void,
  onError: (error: Error) => void,
): Promise<Listener> {
  // The name tells a second sign-in's app from the first one's, which may still be closing.
  const name = `${live.tenantId}-${live.expiresAt}`;
  const app = withoutHeartbeats(
    initializeApp(
      { projectId: live.projectId, apiKey: config.apiKey },
      { name, automaticDataCollectionEnabled: false },
    ),
  );
  const auth = initializeAuth(app, { persistence: inMemoryPersistence });
  if (config.authEmulator !== undefined) connectAuthEmulator(auth, config.authEmulator, { disableWarnings: true });
  const firestore = initializeFirestore(app, {}, live.databaseId);
  if (config.firestoreEmulator !== undefined) {
    const [host, port] = config.firestoreEmulator.split(":");
    connectFirestoreEmulator(firestore, host ?? "localhost", Number(port));
  }
  await signInWithCustomToken(auth, live.token);
  const newest = query(
    collection(firestore, `tenants/${live.tenantId}/jobs`),
    orderBy("createdAt", "desc"),
    limit(followedJobs),
  );
  const stop = onSnapshot(
    newest,
    (snapshot) => onJobs(snapshot.docs.map((document) => jobFrom(document.id, document.data()))),
    onError,
  );
  return {
    renew: async (token) => void (await signInWithCustomToken(auth, token)),
    stop: () => {
      stop();
      void auth.signOut();
    },
  };
}

/** A job document as the API would show it. */
function jobFrom(jobId: string, data: DocumentData): Job {
  const fields = Object.entries(data).map(([name, value]: [string, unknown]) => [
    name,
    value instanceof Timestamp ? value.toDate().toISOString() : value,
  ]);
  return { ...(Object.fromEntries(fields) as Omit<Job, "jobId">), jobId };
}
