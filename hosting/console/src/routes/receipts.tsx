import { IconReceipt } from "@tabler/icons-react";
import { Link } from "react-router";
import { listReceipts } from "../api/privacy.ts";
import { EmptyState } from "../components/empty-state.tsx";
import { Page } from "../components/page.tsx";
import { PagedRows } from "../components/rows.tsx";
import { When } from "../components/when.tsx";
import { useApp } from "../hooks/app.tsx";
import { usePages } from "../hooks/use-pages.ts";
import { receiptKind } from "../words/receipt.ts";
import { shortId } from "../words/things.ts";

/** Signed receipts of erasures and purges. */
export function Receipts() {
  const { api } = useApp();
  const pages = usePages(
    "receipts",
    async (_cursor, signal) => ({ items: await listReceipts(api, signal) }),
    (receipt) => receipt.receiptId,
  );
  return (
    <Page
      title="Receipts"
      lead="Each erasure and each purge leaves a signed receipt: what was deleted, what remains elsewhere and until when. It names nobody, so it can be handed on."
    >
      <PagedRows
        label="Receipts"
        pages={pages}
        keyOf={(receipt) => receipt.receiptId}
        row={({ receiptId, payloadType, createdAt }) => (
          <Link to={`/receipts/${receiptId}`} className="row">
            <div className="row-main">
              <div className="row-title">{receiptKind(payloadType)}</div>
              <div className="row-detail mono">{shortId(receiptId)}</div>
            </div>
            <div className="row-aside">
              <When at={createdAt} full />
            </div>
          </Link>
        )}
        empty={
          <EmptyState icon={IconReceipt} title="No receipts yet">
            When an erasure has searched every store and found nothing left, its receipt is signed and comes here.
          </EmptyState>
        }
      />
    </Page>
  );
}
