// Ends what the local cloud started when the process that started it is gone without a word (SIGKILL, a closed terminal).
// Each line on stdin names a process group: `+123` when it starts, `-123` when it has ended. The end of stdin is the death of
// the parent, since the kernel closes its pipe whatever happens to it.
import { createInterface } from "node:readline";

const groups = new Set();
const signal = (name) => {
  for (const group of groups) {
    try {
      process.kill(-group, name);
    } catch (error) {
      if (error.code !== "ESRCH") throw error;
      groups.delete(group);
    }
  }
};

process.on("SIGINT", () => {});
process.on("SIGHUP", () => {});
createInterface({ input: process.stdin })
  .on("line", (line) =>
    line.startsWith("+") ? groups.add(Number(line.slice(1))) : groups.delete(Number(line.slice(1))),
  )
  .on("close", () => {
    signal("SIGTERM");
    setTimeout(() => {
      signal("SIGKILL");
      process.exit(0);
    }, 3000);
    const poll = setInterval(() => {
      signal(0);
      if (groups.size === 0) {
        clearInterval(poll);
        process.exit(0);
      }
    }, 100);
  });
