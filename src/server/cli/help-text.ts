export const helpText = `Tiski, front desk software for city benefit cards

  tiski [start]        start the server; the app is built first when it has to be
  tiski dev            the same with hot reload, for developers
  tiski provision      make or mend databases, rights and the first administrator, and end
  tiski import FILE    put the cards of a CSV file into the register
  tiski snapshot       pack the register for new desks now, without waiting for the server to do it

  tiski backup FILE    write everything but the private keys into a file, or into a new file of
                       a folder: of a running server with --url, else of one that is stopped
  tiski backup verify FILE
                       read a backup to its end, as a restore does, and say what is in it
  tiski backup keygen FILE
                       make a key pair: the private key into FILE, the public one is shown
  tiski restore FILE   bring a backup into an empty data folder, or an empty CouchDB; only the
                       databases of Tiski, under this version's rules

  tiski keys           list the keys that card codes are signed with, and those of rescue files
                       and submissions
  tiski keys rotate    make a new one; printed cards stay good
  tiski keys retire ID give one up: its codes alone admit nobody any more
  tiski keys rotate-rescue
                       make a new key for rescue files; the old one opens what was saved before
  tiski keys rotate-submissions
                       the same for what devices submit
  tiski keys export FILE, tiski keys import FILE
                       carry the private keys to another server, encrypted with the passphrase
                       in TISKI_KEYS_PASSPHRASE

  tiski audit verify   check that nobody changed the log of who looked at whom, took an entry out or
                       put one in: of a running server with --url, of a CouchDB, or of the data
                       folder. It ends with 1 when something is wrong

  tiski doctor         check settings, folder, disk, clock, keys, databases, a CouchDB and, with
                       --url, the reverse proxy; say what to do; change nothing. It ends with 1
                       when something is bad

  --port NUMBER        port to listen on                    PORT, 3000
  --data FOLDER        where the data is kept               TISKI_DATA, ./data
  --url ADDRESS        import, snapshot, backup, audit, doctor: of a running server, whose
                       administrator's password is in TISKI_ADMIN_PASSWORD  TISKI_URL
  --recipient KEYS     backup: encrypt it for these public keys of age (age1…), separated by
                       commas                               TISKI_BACKUP_RECIPIENT
  --identity FILE      restore, backup verify: the private keys that open an encrypted backup
                                                            TISKI_BACKUP_IDENTITY
  --keep NUMBER        backup into a folder: of Tiski's backups there only the newest stay, this
                       one among them; older ones are deleted once it was read back whole
  --noted N:HASH       audit verify: what it showed earlier and you wrote down elsewhere. Only that
                       shows that the newest entries are gone
  --slow               doctor: also hold a request for a minute, to see whether the proxy cuts it
  --json               doctor: findings as JSON
  --replace            restore: delete the databases of Tiski that are there
  --remove-others      snapshot: delete those that came by replication from other servers
  --empty              don't fill an empty store with the demo city            TISKI_DEMO=0
  --help, --version

Environment
  HOST                     address to listen on; localhost
  COUCHDB_URL              a CouchDB to use instead of the data folder, with its administrator:
                           http://admin:secret@localhost:5984; of a cluster several of its nodes,
                           separated by commas
  TISKI_ADMIN_PASSWORD     the administrator's password, set at every start; if missing, the first start
                           generates and shows one; if the output is not a terminal, it is
                           in the file administrator-password of the data folder
  TISKI_KEYS               folder of the private keys, shared or a mounted secret; keys in the data
                           folder. A demo has its own
  TISKI_TRUST_PROXY        addresses of reverse proxies to believe, separated by commas; loopback
  TISKI_HOSTS              names and addresses that the server answers to besides localhost and
                           HOST, separated by commas; a demo to no others, a city to all
  TISKI_METRICS_TOKEN      what Prometheus shows as its bearer token at /metrics, 16 characters or more;
                           without it /metrics is read on the server's own machine only
  TISKI_APP                a built app to serve as it is`;
