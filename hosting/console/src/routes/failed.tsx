import { Button } from "@mantine/core";
import { Notice } from "../components/notice.tsx";

/** Shown in place of a page that could not be drawn or loaded, most often because a new version was put up. */
export function Failed() {
  return (
    <main className="splash">
      <div style={{ maxWidth: 460 }}>
        <Notice
          tone="danger"
          role="alert"
          title="This page could not be shown."
          action={<Button onClick={() => window.location.reload()}>Reload</Button>}
        >
          There may be a new version of the console. Reload to get it; nothing was changed.
        </Notice>
      </div>
    </main>
  );
}
