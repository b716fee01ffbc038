import { IconMapOff } from "@tabler/icons-react";
import { Link } from "react-router";
import { EmptyState } from "../components/empty-state.tsx";
import { Page } from "../components/page.tsx";

/** An address that leads nowhere. */
export function NotFound() {
  return (
    <Page title="Nothing here">
      <div className="card">
        <EmptyState
          icon={IconMapOff}
          title="This address leads nowhere"
          action={
            <Link className="link" to="/">
              Go to the start
            </Link>
          }
        >
          The page may have moved, or the link is incomplete.
        </EmptyState>
      </div>
    </Page>
  );
}
