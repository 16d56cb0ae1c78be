import { CommandError } from './command-error';
import { helpText } from './help-text';
import { readCommand, type Command } from './options';
import type { StartOptions } from './start-options';

async function importFile({ file, url, data }: Extract<Command, { kind: 'import' }>): Promise<void> {
  const { runImport } = await import('./import-command');
  process.exitCode = await runImport(file, { url, folder: data }, process.env, process.stdout);
}

async function snapshot(command: Extract<Command, { kind: 'snapshot' }>): Promise<void> {
  const { runSnapshot } = await import('./snapshot-command');
  const { url, data: folder, removeOthers } = command;
  process.exitCode = await runSnapshot({ url, folder, removeOthers }, process.env, process.stdout);
}

async function verifyAudit({ url, data: folder, noted }: Extract<Command, { kind: 'audit' }>): Promise<void> {
  const { runAuditVerify } = await import('./audit-command');
  process.exitCode = await runAuditVerify({ url, folder, noted }, process.env, process.stdout);
}

async function backUp(command: Extract<Command, { kind: 'backup' }>): Promise<void> {
  switch (command.action) {
    case 'write': {
      const { file, url, data: folder, recipient, keep } = command;
      const { runBackup } = await import('./backup-command');
      await runBackup(file, { url, folder, recipient, keep }, process.env, process.stdout);
      return;
    }
    case 'verify':
      return (await import('./verify-command')).runVerify(command.file, command.identity, process.stdout);
    case 'keygen':
      return (await import('./backup-keys')).runBackupKeygen(command.file, process.stdout);
  }
}

async function startHere(options: StartOptions): Promise<void> {
  await (await import('./start')).start(options);
}

/**
 * Runs the command that the arguments name. Ends the process with 2 for invalid arguments, 1 for a failure.
 * @param start what `tiski start` does
 */
export async function run(words: string[], start = startHere): Promise<void> {
  try {
    const command = readCommand(words);
    switch (command.kind) {
      case 'help':
        console.log(helpText);
        return;
      case 'version':
        console.log(await (await import('../tiski-version')).tiskiVersion());
        return;
      case 'start':
        return await start(command.options);
      case 'dev':
        return await (await import('./dev')).dev(command.options);
      case 'provision':
        return await (await import('./provision')).provisionStore(command.options);
      case 'keys':
        return await (await import('./keys')).runKeys(command);
      case 'import':
        return await importFile(command);
      case 'snapshot':
        return await snapshot(command);
      case 'backup':
        return await backUp(command);
      case 'audit':
        return await verifyAudit(command);
      case 'doctor': {
        const { runDoctor } = await import('./doctor-command');
        process.exitCode = await runDoctor(command.options, process.env, process.stdout);
        return;
      }
      case 'restore': {
        const { file, replace, identity, options } = command;
        const { runRestore } = await import('./restore-command');
        return await runRestore(file, { ...options, replace, identity }, process.stdout);
      }
    }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    console.error(`tiski: ${error.message}`);
    process.exit(error.exitCode);
  }
}
