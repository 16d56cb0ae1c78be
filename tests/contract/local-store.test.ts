import { MemoryDesk } from '../fuzz/memory-desk';
import { StoredDesk } from '../fuzz/stored-desk';
import { describeLocalStore } from './local-store.suite';

describeLocalStore('IndexedDB', (device, now) => StoredDesk.open(device, now));
describeLocalStore('the model of it', async (device, now) => new MemoryDesk(device, now));
