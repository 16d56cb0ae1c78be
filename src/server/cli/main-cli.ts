import { CommandError } from './command-error';
import { helpText, readCommand, type Command } from './options';

async function importFile({ file, url, data }: Extract<Command, { kind: 'import' }>): Promise<void> {
  const { runImport } = await import('./import-command');
  process.exitCode = await runImport(file, { url, folder: data }, process.env, process.stdout);
}

/** Runs the command that the words name. Ends the process with 2 for wrong words, 1 for a failure. */
export async function run(words: string[]): Promise<void> {
  try {
    const command = readCommand(words);
    switch (command.kind) {
      case 'help':
        console.log(helpText);
        return;
      case 'version':
        console.log(await (await import('../main')).tiskiVersion());
        return;
      case 'start':
        return await (await import('./start')).start(command.options);
      case 'dev':
        return await (await import('./dev')).dev(command.options);
      case 'provision':
        return await (await import('./provision')).provisionStore(command.options);
      case 'import':
        return await importFile(command);
    }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    console.error(`tiski: ${error.message}`);
    process.exit(error.exitCode);
  }
}
