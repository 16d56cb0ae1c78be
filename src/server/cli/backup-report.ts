import type { BackupContents } from '../backup/backup-contents';
import { UnusableBackup } from '../backup/unusable-backup';
import { grouped } from './import-report';

/** What a restore doesn't bring in. The names come from the file. */
export function leftOutLines({ databases }: BackupContents): string[] {
  return databases
    .filter(({ isOwn, leftOut }) => !isOwn || leftOut > 0)
    .map(({ database, leftOut, isOwn }) => {
      const name = JSON.stringify(database.slice(0, 80));
      return isOwn
        ? `Left out: ${grouped(leftOut)} documents in ${name}, rules or of another kind. This version brings its own rules.\n`
        : `Left out: ${name}, ${grouped(leftOut)} documents. It is no database of this version.\n`;
    });
}

/** Why a backup can't be read, for a person; undefined if the file is not at fault. */
export function backupFailure(error: unknown, file: string): string | undefined {
  if (error instanceof UnusableBackup) return `${file} can't be used: ${error.message}`;
  const { code, path, syscall } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' && path === file) return `there is no ${file}.`;
  return path === file || syscall === 'read' ? `${file} can't be read (${code}).` : undefined;
}
