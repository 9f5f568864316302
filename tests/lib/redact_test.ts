import { assertEquals, assertNotMatch } from "@std/assert";
import fc from "fast-check";
import { redact, Redactor, registerSecret } from "../../lib/redact.ts";

Deno.test("Redactor.redact() hides the values of variables with telling names", () => {
  const redactor = new Redactor({
    GITHUB_TOKEN: "ghp_abcdefgh",
    my_password: "correct horse",
    API_KEY: "short",
    HOME: "/home/someone",
  });
  assertEquals(
    redactor.redact("curl -H ghp_abcdefgh -u me:correct horse short /home/someone"),
    "curl -H *** -u me:*** short /home/someone",
  );
});

Deno.test("Redactor.redact() hides the longer of two secrets whole, lines of a key and encoded forms", () => {
  const redactor = new Redactor();
  redactor.add("abcdefgh");
  redactor.add("abcdefgh-and-more");
  redactor.add("-----BEGIN KEY-----\nMIIBVgIBADANBgkq\n-----END KEY-----\n");
  redactor.add("p@ss/w+rd (1)");
  assertEquals(redactor.redact("abcdefgh-and-more abcdefgh"), "*** ***");
  assertEquals(redactor.redact("  MIIBVgIBADANBgkq"), "  ***");
  assertEquals(redactor.redact("https://me:p%40ss%2Fw%2Brd%20(1)@host p@ss/w+rd (1)"), "https://me:***@host ***");
});

Deno.test("Redactor.redact() leaves no secret in any text, whatever its characters", () => {
  fc.assert(fc.property(
    fc.string({ minLength: 8, unit: "grapheme" }).filter((s) =>
      s.trim() === s && !s.includes("\n") && !s.includes("*")
    ),
    fc.string(),
    fc.string(),
    (secret, before, after) => {
      const redactor = new Redactor({ TOKEN: secret });
      assertEquals(
        redactor.redact(before + secret + after).includes(secret),
        (before + "***" + after).includes(secret),
      );
    },
  ));
});

Deno.test("redact() hides what was registered", () => {
  registerSecret("registered-secret-1");
  assertNotMatch(redact("the secret is registered-secret-1."), /registered-secret/);
  assertEquals(redact("nothing to hide"), "nothing to hide");
});
