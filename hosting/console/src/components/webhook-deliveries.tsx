import "./rows.css";
import { Button } from "@mantine/core";
import { Link } from "react-router";
import type { WebhookDelivery } from "../api/settings-shapes.ts";
import { listDeliveries, testWebhook } from "../api/webhook.ts";
import { useApp, useSession } from "../hooks/app.tsx";
import { useAction, useIntentKey } from "../hooks/use-action.ts";
import { useWhenJobsEnd } from "../hooks/use-job.ts";
import { useLoad } from "../hooks/use-load.ts";
import { deliveryState, deliveryText, eventText } from "../words/webhook.ts";
import { LoadProblem } from "./load-problem.tsx";
import { Section } from "./page.tsx";
import { ProblemNotice } from "./problem-notice.tsx";
import { saySaved } from "./saved.ts";
import { Tag } from "./tag.tsx";
import { When } from "./when.tsx";

/** What the webhook was told, and whether it answered. */
export function WebhookDeliveries({ mayTest }: { mayTest: boolean }) {
  const { api } = useApp();
  const intent = useIntentKey();
  const deliveries = useLoad("webhook-deliveries", (signal) => listDeliveries(api, signal));
  const test = useAction(async () => {
    await testWebhook(api, intent.key);
    intent.renew();
    saySaved("A test is on its way.");
    deliveries.reload();
  });
  const onTheWay = (deliveries.data ?? []).filter(({ state }) => state === "queued");
  useWhenJobsEnd(
    onTheWay.map(({ notificationId }) => notificationId),
    deliveries.reload,
  );
  return (
    <Section
      title="Deliveries"
      lead="The newest hundred. What is unanswered is tried again for three days; then it waits for you."
      aside={
        mayTest ? (
          <Button size="xs" variant="default" loading={test.isPending} onClick={() => test.run()}>
            Send a test
          </Button>
        ) : undefined
      }
    >
      {test.problem !== undefined && <ProblemNotice problem={test.problem} />}
      <LoadProblem loaded={deliveries} />
      {deliveries.data !== undefined && (
        <div className="card">
          {deliveries.data.length === 0 ? (
            <p className="card-body soft">Nothing was sent yet.</p>
          ) : (
            <ul className="rows" aria-label="Deliveries">
              {deliveries.data.map((delivery) => (
                <li key={delivery.notificationId}>
                  <DeliveryRow delivery={delivery} />
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
    </Section>
  );
}

function DeliveryRow({ delivery }: { delivery: WebhookDelivery }) {
  const { can } = useSession();
  const state = deliveryState(delivery);
  return (
    <div className="row">
      <div className="row-main">
        <div className="row-title">
          {eventText(delivery.event)}
          <Tag tone={state.tone} hasDot={state.tone === "active"}>
            {state.title}
          </Tag>
        </div>
        <div className="row-detail">
          {deliveryText(delivery)}
          {can("jobs:read") && (
            <>
              {" · "}
              <Link className="link" to={`/jobs/${delivery.notificationId}`}>
                {delivery.state === "unanswered" ? "Open, to try again" : "Open"}
              </Link>
            </>
          )}
        </div>
      </div>
      <div className="row-aside">
        <When at={delivery.acknowledgedAt ?? delivery.createdAt} />
      </div>
    </div>
  );
}
