import type { AccessRead, LiveRead, Newest, RevisionRead, Source, SwitchedRevision } from "#lib/feed";
import { CONFIRMED, type CopyFolder, fileOf, MANIFEST } from "./copyFolder";
import { Confirmed, CopiedRevision, Manifest } from "./copyForms";
import { stored, understood } from "./revisionReading";

/** A gateway's own copy, read in the place of the database. There are no users in it, and nothing that signs. */
export class CopyFeed implements Omit<Source, "newer" | "newest"> {
  private constructor(
    private readonly folder: CopyFolder,
    private readonly manifest: Manifest,
    /** When it was last known to be what the database says, ms. */
    readonly confirmedAt: number,
    private readonly sentences: string[],
  ) {}

  /** The copy in a folder, or a sentence that says why it cannot be used. */
  static open(folder: CopyFolder): CopyFeed | string {
    const refused = (why: string) =>
      `The gateway's own copy is not used: ${folder.folder}/${MANIFEST} ${why}.`;
    const opened = folder.read(MANIFEST);
    if (!opened.ok) return refused(opened.why);
    const manifest = Manifest.safeParse(opened.value).data;
    if (!manifest) return refused("is damaged");
    const sentences: string[] = [];
    const found = folder.read(CONFIRMED);
    const confirmed = found.ok ? Confirmed.safeParse(found.value).data : undefined;
    if (!confirmed) {
      const why = found.ok ? "is damaged" : found.why;
      sentences.push(`${folder.folder}/${CONFIRMED} ${why}: the copy counts from when it was written.`);
    }
    // That of another manifest says nothing of this one.
    const at = confirmed?.id === manifest.id ? confirmed.at : manifest.writtenAt;
    return new CopyFeed(folder, manifest, at, sentences);
  }

  get newest(): Pick<Newest, "generation" | "file"> {
    return { generation: this.manifest.generation, file: `copy ${this.manifest.id}` };
  }

  async live(): Promise<LiveRead> {
    const { generation, live, blocked } = this.manifest;
    return { generation, live, blocked };
  }

  async revisions(rows: readonly SwitchedRevision[]): Promise<RevisionRead[]> {
    return rows.map((row) => this.revision(row));
  }

  private revision({ revisionId, number, switches }: SwitchedRevision): RevisionRead {
    const name = fileOf(revisionId);
    const opened = this.folder.read(name);
    const found = opened.ok ? CopiedRevision.safeParse(opened.value).data : undefined;
    if (found?.revisionId === revisionId) {
      return understood(stored(revisionId, found.text, found.secrets), switches);
    }
    const title = this.titleOf(revisionId);
    const why = opened.ok ? "is damaged" : opened.why;
    return {
      definition: null,
      problems: [
        `r${number} of ${title} cannot be read from the gateway's own copy: ${this.folder.folder}/${name} ${why}. It is served when the database can be read.`,
      ],
    };
  }

  private titleOf(revisionId: string): string {
    const { live, earlier } = this.manifest;
    const rows = [live, ...earlier.values()].flat();
    return rows.find((row) => row.revisionId === revisionId)?.title || "an API";
  }

  async earlier(apiIds: readonly string[]): Promise<SwitchedRevision[][]> {
    return apiIds.map((apiId) => this.manifest.earlier.get(apiId) ?? []);
  }

  async access(known: string): Promise<AccessRead> {
    const { id, trusted, auth } = this.manifest;
    const now = `copy ${id}`;
    return { known: now, news: now === known ? null : { trusted, auth, sentences: this.sentences } };
  }
}
