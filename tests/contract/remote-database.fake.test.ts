import { FakeServer } from '../fake-server';
import { describeRemoteDatabase, type World } from './remote-database.suite';

describeRemoteDatabase('the fake', async (): Promise<World> => {
  const server = new FakeServer();
  const database = server.database('box');
  server.validate = ({ forbidden }) => (forbidden === true ? 'not this one' : undefined);
  return {
    desk: server.connect('desk-1'),
    otherDesk: server.connect('desk-2', ({ kind }) =>
      kind === 'account' ? 'deliver' : { kind: 'forbidden' },
    ),
    stranger: server.connect('desk-3', () => ({ kind: 'signed-out' })),
    database: 'box',
    put: async (document) => database.put(document),
    remove: async (id) => database.delete(id),
    async setEpoch(epoch) {
      database.epoch = epoch;
    },
    async pack() {
      await database.pack();
    },
    async publish(packed) {
      database.snapshot = packed;
    },
    forbidden: (id) => ({ _id: id, forbidden: true }),
    allowed: (id, text = '') => ({ _id: id, text }),
    id: (n) => `document-${n}`,
    stop: async () => undefined,
  };
});
