import { usesPostgres } from "#lib/node/env";
import { Prisma } from "./generated/client";

/**
 * What is read inside of documents without reading them whole, in the words of either engine: a definition may hold
 * megabytes of which a few words are wanted. PostgreSQL's `sluice_json` is made by a migration.
 */

/** SQL for the text at a path inside of a column's JSON; null where there is none, or the column holds no JSON. */
export function textAt(column: string, path: readonly string[]): Prisma.Sql {
  if (usesPostgres()) return Prisma.raw(`sluice_json("${column}") #>> '{${path.join(",")}}'`);
  return Prisma.raw(
    `CASE WHEN json_valid("${column}") THEN json_extract("${column}", '$.${path.join(".")}') END`,
  );
}

/** SQL for the texts that members of these names have, wherever in the documents of `doc(id, text)`: rows of id, value. */
export function membersNamed(names: readonly string[]): Prisma.Sql {
  if (usesPostgres()) {
    const isOne = names.map((name) => `@.key == "${name}"`).join(" || ");
    const path = `$.** ? (@.type() == "object").keyvalue() ? (${isOne}).value ? (@.type() == "string")`;
    return Prisma.raw(`SELECT DISTINCT doc.id, found #>> '{}' AS value
      FROM doc, jsonb_path_query(sluice_json(doc.text), '${path}') found`);
  }
  return Prisma.raw(`SELECT DISTINCT doc.id, t.value
    FROM doc, json_tree(CASE WHEN json_valid(doc.text) THEN doc.text ELSE '{}' END) t
    WHERE t."key" IN (${names.map((name) => `'${name}'`).join(", ")}) AND t."type" = 'text'`);
}

/** SQL for what a token is to say of each document of `doc(id, text)`: rows of name, context, version, scopes, audiences. */
export function tokenWords(): Prisma.Sql {
  return Prisma.raw(usesPostgres() ? POSTGRES_WORDS : SQLITE_WORDS);
}

// A set of scopes, or one alone, as it was stored before there were sets.
const SQLITE_WORDS = `
  SELECT json_extract(text, '$.name') AS name, json_extract(text, '$.context') AS context,
    json_extract(text, '$.version') AS version,
    (SELECT json_group_array(DISTINCT scope.value)
      FROM json_each(text, '$.resources') resource, json_each(resource.value, '$.scopes') wanted,
        json_each(CASE wanted."type" WHEN 'array' THEN wanted.value ELSE json_array(wanted.value) END) scope
      ) AS scopes,
    COALESCE(json_extract(text, '$.security.audiences'), '[]') AS audiences
  FROM doc ORDER BY id`;

const POSTGRES_WORDS = `
  SELECT d ->> 'name' AS name, d ->> 'context' AS context, d ->> 'version' AS version,
    COALESCE((SELECT json_agg(DISTINCT scope)::text
      FROM jsonb_path_query(d, '$.resources[*].scopes[*]') wanted,
        jsonb_array_elements_text(
          CASE jsonb_typeof(wanted) WHEN 'array' THEN wanted ELSE jsonb_build_array(wanted) END) scope
      ), '[]') AS scopes,
    COALESCE(d #>> '{security,audiences}', '[]') AS audiences
  FROM (SELECT id, sluice_json(text) AS d FROM doc) docs ORDER BY id`;
