/** How to try a block of commands from the documentation. The key is the block as written. */
export interface Trial {
  /** What it prints, and its exit code; 0 by default. */
  says: RegExp;
  code?: number;
  /** It runs until it is stopped, once it has printed that. */
  isServer?: boolean;
  /** It is run with the settings of the server beside it. */
  hasSettings?: boolean;
}

/** Run in a scratch folder beside a running server; commands.test.ts lists the replacements. */
export const tried: Readonly<Record<string, Trial>> = {
  "TISKI_ADMIN_PASSWORD='a long one' npm start -- --empty": { says: /is open at/, isServer: true },
  'HOST=0.0.0.0 TISKI_HOSTS=tiski.example.fi,10.0.0.5 npm start': { says: /is open at/, isServer: true },
  [`curl -u administrator -H 'content-type: application/json' -d @static/samples/catalogue.json \\
  http://localhost:3000/couch/tiski-catalogue/_bulk_docs`]: { says: /"ok":true/ },
  "TISKI_ADMIN_PASSWORD='a long one' npx tiski import cards.csv --url http://localhost:3000": {
    says: /20 cards/,
  },
  "TISKI_ADMIN_PASSWORD='a long one' npx tiski backup /var/backups/tiski/ --url http://localhost:3000": {
    says: /is written, and was read back whole/,
  },
  'npx tiski backup keygen tiski-backup.key': { says: /age1/ },
  [`npx tiski backup verify tiski-2026-11-25T020000Z.backup.gz.age --identity tiski-backup.key
npx tiski restore tiski-2026-11-25T020000Z.backup.gz.age --identity tiski-backup.key --data ./data`]: {
    says: /is whole[\s\S]*counted again: the same/,
  },
  'npx tiski restore /var/backups/tiski/tiski-2026-11-25T020000Z.backup.gz --data ./data': {
    says: /counted again: the same/,
  },
  'sudo cat /var/lib/tiski/administrator-password && sudo rm /var/lib/tiski/administrator-password': {
    says: /^made-up$/m,
  },
  "TISKI_ADMIN_PASSWORD='a long one' npx tiski audit verify --url http://localhost:3000": {
    says: /audit log/,
  },
  "TISKI_ADMIN_PASSWORD='a long one' npx tiski doctor --url https://tiski.example.fi": {
    says: /bad: 0,/,
    hasSettings: true,
  },
};

/** Too large for a test. */
export const ranByHand: Readonly<Record<string, string>> = {
  'npm ci && npm start': '2026-11-30',
};

/** What CI does, according to .ci: that file must contain it. */
export const ranByCi: readonly string[] = ['npm cit'];
