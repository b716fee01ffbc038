import { findClosedAccount } from "../../functions/src/closure/find-closed-account.ts";
import { certificateFile } from "../../functions/src/closure/read-certificate.ts";
import { repairDirectory } from "../../functions/src/identity/repair-memberships.ts";
import { type Command, exitCodes, Refusal } from "./command.ts";
import { withDeps } from "./databases.ts";

/** Makes the directory of staff anew. */
export const repairCommand: Command = {
  summary: "make the directory of staff say what the tenants' members say",
  help: `npm run ops -- repair --region R [--project P]

For when the database (default) was lost or brought back from a backup: whoever is a member can sign in again, and nobody
else. Accounts of removed members are deleted unless another tenant has them. It is safe to repeat.`,
  run: (said, terminal) =>
    withDeps(said, async (deps, name) => {
      const { written, deleted } = await repairDirectory(deps);
      terminal.out(`the directory of ${name} is as the members say: ${written} entries written, ${deleted} deleted`);
      return exitCodes.done;
    }),
};

/** Gives the certificate of a closed account again. */
export const certificateCommand: Command = {
  summary: "print the certificate of an account that was deleted, as its owners got it",
  help: `npm run ops -- certificate TENANT --region R [--project P] > closure-certificate.json

For an owner who lost the letter. The proof is made of the log's tiles, which stay for as long as the certificate says;
after that only copies that somebody kept verify.`,
  run: (said, terminal) =>
    withDeps(said, async (deps) => {
      const [tenantId] = said.words;
      if (tenantId === undefined) throw new Refusal("Of which tenant? npm run ops -- certificate TENANT --region R");
      const account = await findClosedAccount(deps.stores, tenantId);
      if (account === undefined) throw new Refusal(`No account of that id was closed in ${deps.config.REGION}.`);
      terminal.out(
        Buffer.from(await certificateFile(deps, account))
          .toString("utf8")
          .trimEnd(),
      );
      return exitCodes.done;
    }),
};
