import { MemoryDesk } from '../fuzz/memory-desk';
import { StoredDesk } from '../fuzz/stored-desk';
import { describeLocalStore } from './local-store.suite';

describeLocalStore('IndexedDB', (device, now, clockMark) => StoredDesk.open(device, now, clockMark));
describeLocalStore('the model of it', async (...parts) => new MemoryDesk(...parts));
