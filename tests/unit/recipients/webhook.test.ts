import { describe, expect, it } from "@jest/globals";
import { isPublicAddress } from "../../../functions/src/ports/webhooks.ts";
import { freshWebhookSecret, signatureHeaders } from "../../../functions/src/recipients/sign-message.ts";
import { assertWebhookUrl } from "../../../functions/src/recipients/webhook-url.ts";
import { seededIds } from "../../fakes/ids.ts";

describe("a webhook's signature", () => {
  it("is that of Standard Webhooks' published example", () => {
    const message = {
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
      at: new Date(1_614_265_330_000),
      body: '{"test": 2432232314}',
    };
    expect(signatureHeaders(message, ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])).toEqual({
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    });
  });

  it("is made with each secret, the newest first", () => {
    const ids = seededIds("secrets");
    const [one, two] = [freshWebhookSecret(ids), freshWebhookSecret(ids)];
    const message = { id: "m", at: new Date(0), body: "{}" };
    const of = (secrets: string[]) => signatureHeaders(message, secrets)["webhook-signature"];
    expect(of([one, two])).toBe(`${of([one])} ${of([two])}`);
    expect(Buffer.from(one.slice(6), "base64")).toHaveLength(32);
  });
});

describe("the address of an endpoint", () => {
  const check = (url: string, hosts?: string) =>
    assertWebhookUrl(hosts === undefined ? {} : { WEBHOOK_LOCAL_HOSTS: hosts }, url);

  it.each([
    "https://hooks.shop.example/lethe?tenant=1",
    "https://hooks.shop.example:8443/",
    "https://93.184.216.34/hook",
    "https://[2606:2800:220:1::1]/hook",
  ])("may be %s", (url) => {
    expect(check(url)).toBe(url);
  });

  it.each([
    "",
    "hooks.shop.example",
    "http://hooks.shop.example/",
    "ftp://hooks.shop.example/",
    "file:///etc/passwd",
    "https://user:password@hooks.shop.example/",
    "https://hooks.shop.example/#here",
    "https://localhost/",
    "https://hooks/",
    "https://metadata.google.internal/computeMetadata/v1/",
    "https://printer.local/",
    "https://db.localhost./",
    "https://127.0.0.1/",
    "https://0x7f.1/",
    "https://2130706433/",
    "https://0177.0.0.1/",
    "https://10.1.2.3/",
    "https://172.31.255.255/",
    "https://192.168.1.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://100.64.0.1/",
    "https://0.0.0.0/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:a9fe:a9fe]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[fe80::1]/",
    "https://[fd00:ec2::254]/",
    "https://[2002:7f00:1::]/",
    "https://[2001:db8::1]/",
    `https://hooks.shop.example/${"x".repeat(500)}`,
  ])("may not be %s", (url) => {
    expect(() => check(url)).toThrow(expect.objectContaining({ code: "input-invalid" }));
  });

  it("may be a host of the local cloud, and only one that is named", () => {
    expect(check("http://localhost:9000/hook", "localhost,127.0.0.1")).toBe("http://localhost:9000/hook");
    expect(() => check("http://10.0.0.1/", "localhost")).toThrow(/https:/);
    expect(() => check("gopher://localhost/", "localhost")).toThrow();
  });
});

describe("a public address", () => {
  it.each(["8.8.8.8", "172.32.0.1", "100.128.0.1", "2a00:1450:4001:82a::200e"])("is %s", (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    "169.254.169.254",
    "198.18.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2001::1",
    "3fff::1",
    "fe80::1%1",
    "x",
  ])("is not %s", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});
