import { IconDownload } from "@tabler/icons-react";
import { Link } from "react-router";
import { listExports } from "../api/privacy.ts";
import { AccountExport } from "../components/account-export.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { ExportRow, FollowExports } from "../components/export-row.tsx";
import { Page } from "../components/page.tsx";
import { PagedRows } from "../components/rows.tsx";
import { useApp, useSession } from "../hooks/app.tsx";
import { usePages } from "../hooks/use-pages.ts";

/** Exports made, and the way to their files. */
export function Exports() {
  const { api } = useApp();
  const { can } = useSession();
  const pages = usePages(
    "exports",
    (cursor, signal) => listExports(api, cursor, signal),
    (entry) => entry.exportId,
  );
  return (
    <Page
      title="Exports"
      lead={
        <>
          Files are kept for 7 days, and deleted at once when their person is erased. A link works for 15 minutes;
          issuing it is recorded.
          {can("audit:read") && (
            <>
              {" "}
              <Link className="link" to="/audit?action=export-requested">
                Who asked, and why
              </Link>
            </>
          )}
        </>
      }
      actions={can("exports:account") ? <AccountExport onStarted={pages.reload} /> : undefined}
    >
      <FollowExports exports={pages.items} onFinished={pages.reload} />
      <PagedRows
        label="Exports"
        pages={pages}
        keyOf={(entry) => entry.exportId}
        row={(entry) => <ExportRow entry={entry} />}
        empty={
          <EmptyState icon={IconDownload} title="No exports yet">
            Open a person, choose Export, and hand over what you hold of them as one JSON file or as a signed bag.
          </EmptyState>
        }
      />
    </Page>
  );
}
