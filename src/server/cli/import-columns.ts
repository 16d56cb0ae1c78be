const neededColumns = ['number', 'scheme', 'valid_from', 'valid_until'] as const;
const optionalColumns = ['status', 'codes', 'hint', 'children', 'assistant', 'group_size'] as const;
/** The columns of a card file, in any order; optional ones may be left out. */
const columns = [...neededColumns, ...optionalColumns] as const;
export type Column = (typeof columns)[number];

export { columns, neededColumns };

export const isOptional = (column: Column) => optionalColumns.some((each) => each === column);

/** Alternative names of a column in Finnish and Swedish: docs/card-files.md lists them. */
const otherNames: Record<Column, readonly string[]> = {
  number: ['card number', 'numero', 'kortin numero', 'korttinumero', 'nummer', 'kortnummer'],
  scheme: ['kortti', 'korttilaji', 'kort', 'korttyp'],
  valid_from: ['alkaa', 'voimassa alkaen', 'börjar', 'giltigt från'],
  valid_until: ['päättyy', 'voimassa asti', 'slutar', 'giltigt till'],
  status: ['tila', 'kortin tila', 'kortets status'],
  codes: ['code', 'koodit', 'koodi', 'koder', 'kod'],
  hint: ['vihje', 'tips'],
  children: ['lapset', 'lapsia', 'barn'],
  assistant: ['avustaja', 'assistent'],
  group_size: ['ryhmän koko', 'gruppens storlek', 'gruppstorlek'],
};

const columnByName = new Map(
  columns.flatMap((column) =>
    [column, ...otherNames[column]].map((name) => [plainName(name), column] as const),
  ),
);

/** Ignores case, `_`, `-` and spaces, and how a letter with dots is composed. */
function plainName(name: string): string {
  return name
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, ' ')
    .trim();
}

export const columnNamed = (name: string): Column | undefined => columnByName.get(plainName(name));
