import "../components/rows.css";
import { Button } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useState } from "react";
import { readKeyDates, rotateKeys } from "../api/encryption.ts";
import { isActive } from "../api/live-jobs.ts";
import type { KeyDates } from "../api/settings-shapes.ts";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";
import { JobProgress } from "../components/job-progress.tsx";
import { Section } from "../components/page.tsx";
import { SettingsPart } from "../components/settings-part.tsx";
import { Tag } from "../components/tag.tsx";
import { When } from "../components/when.tsx";
import { useApp, useSession } from "../hooks/app.tsx";
import { useAction } from "../hooks/use-action.ts";
import { useJob, useLiveJobs, useWhenJobsEnd } from "../hooks/use-job.ts";
import { useLoad } from "../hooks/use-load.ts";
import { kmsFateText, kmsStateText, tenantKeyText } from "../words/encryption.ts";
import { fullTime } from "../words/time.ts";

/** The keys that protect the account's data: when each was made, is replaced, is destroyed. */
export function Encryption() {
  const { api } = useApp();
  const { can } = useSession();
  const keys = useLoad("key-dates", (signal) => readKeyDates(api, signal));
  const [started, setStarted] = useState<string>();
  return (
    <SettingsPart
      title="Encryption keys"
      lead="What a person wrote is sealed under a key of that person alone; the account's key wraps those keys, and a key in Cloud KMS wraps the account's. Keys never leave."
      loaded={keys}
      aside={<Rotate onStarted={setStarted} />}
    >
      {(value) => (
        <>
          {can("jobs:read") && <Rotation started={started} onStep={keys.reload} />}
          <div className="card">
            <ul className="rows" aria-label="Keys of the account">
              {value.tenantKeys.map((key, index) => (
                <li key={key.version}>
                  <div className="row">
                    <div className="row-main">
                      <div className="row-title">
                        Account key, version {key.version}
                        {index === 0 ? <Tag tone="good">In use</Tag> : <Tag tone="warn">Being replaced</Tag>}
                      </div>
                      <div className="row-detail">{tenantKeyText(key, value.nextRotationAt)}</div>
                    </div>
                    <div className="row-aside">
                      made <When at={key.createdAt} full />
                    </div>
                  </div>
                </li>
              ))}
            </ul>
          </div>
          {value.kmsVersions.length > 0 && <KmsVersions versions={value.kmsVersions} />}
        </>
      )}
    </SettingsPart>
  );
}

function Rotate({ onStarted }: { onStarted(jobId: string): void }) {
  const { api } = useApp();
  const [isAsking, setAsking] = useState(false);
  const rotate = useAction(async () => {
    onStarted(await rotateKeys(api));
    setAsking(false);
  });
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconRefresh size={17} stroke={1.7} />}
        onClick={() => {
          rotate.clearProblem();
          setAsking(true);
        }}
      >
        Rotate now
      </Button>
      {isAsking && (
        <ConfirmDialog
          title="Rotate the account's key?"
          confirm="Rotate"
          isPending={rotate.isPending}
          problem={rotate.problem}
          onConfirm={() => rotate.run()}
          onClose={() => setAsking(false)}
        >
          A new key is made and every person's key is wrapped under it, while chat goes on. The old one is destroyed
          eight days later, when no backup needs it. At most once a day.
        </ConfirmDialog>
      )}
    </>
  );
}

/** The rotation that goes on, or the one that was just asked for. */
function Rotation({ started, onStep }: { started: string | undefined; onStep(): void }) {
  const { jobs } = useLiveJobs();
  const going = jobs.find((job) => job.kind === "rotation" && isActive(job))?.jobId ?? started;
  return going === undefined ? null : <Watched key={going} jobId={going} onStep={onStep} />;
}

function Watched({ jobId, onStep }: { jobId: string; onStep(): void }) {
  const { job } = useJob(jobId);
  useWhenJobsEnd([jobId], onStep);
  if (job === undefined) return null;
  return (
    <section className="card card-body" aria-label="Rotation" style={{ marginBottom: 20 }}>
      <h3 style={{ marginBottom: 14 }}>Rotation of {fullTime(new Date(job.createdAt))}</h3>
      <JobProgress job={job} />
    </section>
  );
}

function KmsVersions({ versions }: { versions: KeyDates["kmsVersions"] }) {
  return (
    <Section
      title="Cloud KMS"
      lead="Versions of the region's key. An old one is destroyed when no account's key is wrapped by it, and no backup of one."
    >
      <div className="card">
        <ul className="rows" aria-label="Versions in Cloud KMS">
          {versions.map((version) => (
            <li key={version.version}>
              <div className="row">
                <div className="row-main">
                  <div className="row-title">
                    Version {version.version}
                    <Tag tone={version.state === "ENABLED" ? "good" : "plain"}>{kmsStateText(version.state)}</Tag>
                  </div>
                  <div className="row-detail">{kmsFateText(version)}</div>
                </div>
                <div className="row-aside">
                  made <When at={version.createdAt} full />
                </div>
              </div>
            </li>
          ))}
        </ul>
      </div>
    </Section>
  );
}
