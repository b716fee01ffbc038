import { createCipheriv, randomBytes } from "node:crypto";
import type { SealingKey } from "../../functions/src/crypto/envelope.ts";
import { openField, sealField } from "../../functions/src/crypto/sealed-fields.ts";
import { randomIds } from "../../functions/src/ports/ids.ts";
import { atLeast, type Figure, median } from "./figure.ts";

const textBytes = 1024;
const callsARound = 5_000;
const rounds = 15;
const path = "tenants/lethe_eu_tenant_figures000000000/conversations/figures0000000000000/turns/figures0000000000000";

function milliseconds(run: () => void): number {
  const began = performance.now();
  for (let call = 0; call < callsARound; call += 1) run();
  return performance.now() - began;
}

/** How fast a text of 1 KB is sealed for its field, beside AES-256-GCM with a random nonce alone, by turns. */
export async function sealFigures(): Promise<Figure[]> {
  const key: SealingKey = { kind: "dek", bytes: randomBytes(32) };
  const text = "a".repeat(textBytes);
  const plaintext = Buffer.from(text);
  const sealed = () => sealField(key, path, "question", text, randomIds);
  if (openField(key, path, "question", sealed()) !== text) throw new Error("what was sealed does not open");
  const bare = () => {
    const cipher = createCipheriv("aes-256-gcm", key.bytes, randomBytes(12));
    Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  };
  const ratios: number[] = [];
  for (let round = -2; round < rounds; round += 1) {
    const ratio = milliseconds(bare) / milliseconds(sealed);
    if (round >= 0) ratios.push(ratio);
  }
  const unit = "speed of sealing a field of 1 KB / AES-256-GCM of 1 KB with a random nonce, without AAD or padding";
  return [atLeast("seal.ratio", median(ratios), unit, 0.7)];
}
