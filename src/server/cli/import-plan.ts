import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CardRow } from './import-csv';
import { addCounts, noCounts, type ImportCounts } from './import-register';
import type { StoredCard } from './stored-cards';

/** Cards that are written together, and the rows that require it. */
export interface PlannedBatch {
  rows: CardRow[];
  documents: StoredCard[];
}

/** The system's folder for temporary files has no room for what is to be written. */
export class NoRoomForPlan extends Error {}

/**
 * What an import is going to write, as it was checked, in a temporary file: nothing has to be read or
 * compared again, and only one batch is in memory. The file has no name from the start, so nothing of it
 * remains, however the import ends.
 */
export class ImportPlan {
  counts: ImportCounts = noCounts;

  private constructor(
    private readonly folder: string,
    private readonly file: FileHandle,
  ) {}

  static async open(): Promise<ImportPlan> {
    const folder = await mkdtemp(join(tmpdir(), 'tiski-import-')).catch(noRoom);
    const path = join(folder, 'plan');
    const file = await open(path, 'wx+', 0o600).catch(noRoom);
    // A system that can't unlink an open file removes it in close().
    await rm(path).catch(() => undefined);
    return new ImportPlan(folder, file);
  }

  async add(batch: PlannedBatch, counts: ImportCounts): Promise<void> {
    this.counts = addCounts(this.counts, counts);
    if (batch.documents.length === 0) return;
    await this.file.appendFile(`${JSON.stringify(batch)}\n`).catch(noRoom);
  }

  async *batches(): AsyncGenerator<PlannedBatch> {
    for await (const line of this.file.readLines({ start: 0, autoClose: false, encoding: 'utf8' })) {
      yield JSON.parse(line) as PlannedBatch;
    }
  }

  async close(): Promise<void> {
    await this.file.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

function noRoom(error: unknown): never {
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  throw new NoRoomForPlan(`${tmpdir()} can't take what is to be written (${code}): make room, or set TMPDIR`);
}
