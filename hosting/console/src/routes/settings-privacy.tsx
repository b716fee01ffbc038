import "../components/rows.css";
import { Link } from "react-router";
import { listExports, listSubProcessors } from "../api/privacy.ts";
import { AccountExport } from "../components/account-export.tsx";
import { ExportRow, FollowExports } from "../components/export-row.tsx";
import { Section } from "../components/page.tsx";
import { ProblemNotice } from "../components/problem-notice.tsx";
import { SettingsPart } from "../components/settings-part.tsx";
import { useApp, useSession } from "../hooks/app.tsx";
import { useLoad } from "../hooks/use-load.ts";

/** Everything that the account holds as one file, and who else holds a copy. */
export function PrivacySettings() {
  const { api } = useApp();
  const { can } = useSession();
  const exports = useLoad("account-exports", async (signal) => {
    const { items } = await listExports(api, undefined, signal);
    return items.filter((entry) => entry.subjectId === undefined);
  });
  return (
    <SettingsPart
      title="Privacy"
      lead="Everything the account holds, as one signed BagIt bag of documented JSON that other software can read: every conversation, person, lead, document and setting, and the audit log."
      loaded={exports}
      aside={can("exports:account") ? <AccountExport onStarted={exports.reload} /> : undefined}
    >
      {(entries) => (
        <>
          <FollowExports exports={entries} onFinished={exports.reload} />
          <div className="card">
            {entries.length === 0 ? (
              <p className="card-body soft">No export of the whole account was made lately.</p>
            ) : (
              <ul className="rows" aria-label="Exports of the whole account">
                {entries.map((entry) => (
                  <li key={entry.exportId}>
                    <ExportRow entry={entry} />
                  </li>
                ))}
              </ul>
            )}
          </div>
          <p className="small soft" style={{ marginTop: 10 }}>
            A file is kept for 7 days, and deleted at once when anybody in it is erased.{" "}
            <Link className="link" to="/exports">
              All exports
            </Link>
            {can("audit:read") && (
              <>
                {" · "}
                <Link className="link" to="/audit?action=export-requested">
                  Who asked, and why
                </Link>
              </>
            )}
          </p>
          <Recipients />
        </>
      )}
    </SettingsPart>
  );
}

/** Sub-processors, from the same list that erasures and Art. 15 information follow. */
function Recipients() {
  const { api } = useApp();
  const recipients = useLoad("sub-processors", (signal) => listSubProcessors(api, signal));
  return (
    <Section
      title="Who else holds a copy"
      lead="Sub-processors, from the list that erasures follow. Staff and billing data are there too; of visitors, only what each line says."
    >
      {recipients.problem !== undefined && <ProblemNotice problem={recipients.problem} />}
      {recipients.data !== undefined && (
        <div className="card">
          <ul className="rows" aria-label="Sub-processors">
            {recipients.data.map(({ name, purpose, place, transferBasis, deletion }) => (
              <li key={name}>
                <div className="row">
                  <div className="row-main">
                    <div className="row-title">{name}</div>
                    <div className="row-detail">{purpose}</div>
                    <div className="row-detail">
                      {place} · {transferBasis}
                    </div>
                    <div className="row-detail">{deletion}</div>
                  </div>
                </div>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Section>
  );
}
