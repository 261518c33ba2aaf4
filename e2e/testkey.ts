import { admin, expect, type Gateway } from "./fixtures";

/** A test key of the administrator, once the gateway knows the publisher's key to sign it with. */
export async function testKey({ url }: Pick<Gateway, "url">): Promise<string> {
  const Authorization = `Basic ${Buffer.from(`${admin.username}:${admin.password}`).toString("base64")}`;
  let token = "";
  await expect
    .poll(async () => {
      const answer = await fetch(`${url}/testkey`, { method: "POST", headers: { Authorization } });
      token = await answer.text();
      return answer.status;
    })
    .toBe(200);
  return token;
}
