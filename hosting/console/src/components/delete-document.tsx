import { deleteDocument } from "../api/knowledge.ts";
import type { KnowledgeDocument } from "../api/shapes.ts";
import { useApp } from "../hooks/app.tsx";
import { ActDialog } from "./act-dialog.tsx";
import { saySaved } from "./saved.ts";

/** Asks before a document is taken out of use. */
export function DeleteDocument(props: { document: KnowledgeDocument; onDeleted(): void; onClose(): void }) {
  const { document, onDeleted, onClose } = props;
  const { api } = useApp();
  return (
    <ActDialog
      title="Delete this document?"
      size={480}
      confirm="Delete document"
      isDangerous
      onClose={onClose}
      act={async () => {
        await deleteDocument(api, document.documentId);
        saySaved(`“${document.title}” is being deleted.`);
        onDeleted();
      }}
    >
      <p>The agent stops answering from “{document.title}” within moments. Answers already given keep its title.</p>
    </ActDialog>
  );
}
