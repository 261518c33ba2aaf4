/** Writes to a publisher by HTTP as machines do, and what came of each. */

export interface Written {
  status: number;
  text: string;
}

/** Imports an API, which makes it or saves over its draft, with `note` in its description; deploys it if asked to. */
export async function importApi(
  url: string,
  token: string,
  api: { name: string; note: string; deploy?: boolean },
): Promise<Written> {
  const { name, note, deploy = false } = api;
  const document = {
    openapi: "3.0.3",
    info: { title: name, version: "1.0.0", description: note },
    servers: [{ url: "http://127.0.0.1:9" }],
    paths: { "/x": { get: { responses: { 200: { description: "ok" } } } } },
  };
  const form = new FormData();
  form.set("file", new Blob([JSON.stringify(document)]), "openapi.json");
  form.set("context", `/${name.toLowerCase()}`);
  const answer = await fetch(`${url}/api/v1/apis?override=true&deploy=${deploy}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: form,
  });
  return { status: answer.status, text: await answer.text() };
}
