import { Button } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { getEncryptionKeys, rotateKeys } from "../api/encryption-keys.ts";
import { useApp } from "../hooks/app.tsx";
import { useAction } from "../hooks/use-action.ts";
import { useLoad } from "../hooks/use-load.ts";
import { kmsVersionLine, tenantKeyLine } from "../words/encryption-keys.ts";
import { ProblemNotice } from "./problem-notice.tsx";
import { saySaved } from "./saved.ts";
import { SettingsPart } from "./settings-part.tsx";
import { When } from "./when.tsx";

/** When the keys that protect the account's data were made, and when they are replaced and destroyed. */
export function EncryptionKeysPart() {
  const { api } = useApp();
  const keys = useLoad("encryption-keys", (signal) => getEncryptionKeys(api, signal));
  const rotate = useAction(async () => {
    await rotateKeys(api);
    saySaved("The rotation has begun. The old key is destroyed when no backup needs it.");
    keys.reload();
  });
  const aside = (
    <Button
      variant="default"
      leftSection={<IconRefresh size={17} stroke={1.8} />}
      loading={rotate.isPending}
      onClick={() => rotate.run()}
    >
      Rotate now
    </Button>
  );
  return (
    <SettingsPart
      title="Encryption keys"
      lead="Each person has a key of their own, wrapped by your account's key, wrapped by Cloud KMS. Both are replaced while chat goes on."
      loaded={keys}
      aside={aside}
    >
      {({ tenantKeys, nextRotationAt, kmsVersions }) => (
        <>
          {rotate.problem !== undefined && <ProblemNotice problem={rotate.problem} />}
          <div className="card">
            <ul className="rows" aria-label="Encryption keys">
              {tenantKeys.map((key, position) => (
                <li key={key.version}>
                  <Line title={`Your account's key, version ${key.version}`} detail={tenantKeyLine(key)}>
                    {position === 0 && (
                      <>
                        next <When at={nextRotationAt} />
                      </>
                    )}
                  </Line>
                </li>
              ))}
              {kmsVersions.map((version) => (
                <li key={version.version}>
                  <Line title={`Cloud KMS, version ${version.version}`} detail={kmsVersionLine(version)} />
                </li>
              ))}
            </ul>
          </div>
        </>
      )}
    </SettingsPart>
  );
}

function Line({ title, detail, children }: { title: string; detail: string; children?: React.ReactNode }) {
  return (
    <div className="row">
      <div className="row-main">
        <div className="row-title">{title}</div>
        <div className="row-detail">{detail}</div>
      </div>
      <div className="row-aside">{children}</div>
    </div>
  );
}
