import { PubSub } from "@google-cloud/pubsub";

/** Sends messages that name ids only; personal data never enters a topic. */
export interface Publisher<Topic extends string = string> {
  /**
   * Publishes one message and returns when Pub/Sub holds it durably.
   *
   * @param topic - name as in `terraform/functions.json`, without region.
   * @param payload - ids and small numbers; serialized as JSON.
   */
  publish(topic: Topic, payload: Readonly<Record<string, string | number>>): Promise<void>;
}

/**
 * Opens Cloud Pub/Sub for one region's topics, named `<topic>-<region>`.
 * The client finds the emulator through PUBSUB_EMULATOR_HOST.
 */
export function cloudPublisher(projectId: string, region: string): Publisher {
  const pubsub = new PubSub({ projectId });
  return {
    async publish(topic, payload) {
      await pubsub.topic(`${topic}-${region}`, { batching: { maxMilliseconds: 1 } }).publishMessage({ json: payload });
    },
  };
}
