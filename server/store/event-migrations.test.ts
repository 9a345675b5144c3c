import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { EVENT_MIGRATIONS } from './event-schema.ts';
import { openSqliteEventStore } from './sqlite-event-store.ts';

describe('event store migrations', () => {
  let dir: string;
  let path: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'front-row-events-'));
    path = join(dir, 'events.sqlite');
  });
  afterEach(() => rm(dir, { recursive: true }));

  function rows<T>(query: string): T[] {
    const db = new DatabaseSync(path);
    const found = db.prepare(query).all();
    db.close();
    return found as T[];
  }

  it('EV7 migrates once and remembers it by number', async () => {
    for (let start = 0; start < 2; start++) await (await openSqliteEventStore(path)).close();
    assert.deepEqual(
      rows<{ name: string }>('SELECT name FROM front_row_migrations').map(({ name }) => name),
      Object.keys(EVENT_MIGRATIONS),
    );
    for (const name of Object.keys(EVENT_MIGRATIONS)) assert.match(name, /^\d{4}-[a-z-]+$/);
  });

  it('EV7 refuses a database of a newer version, with a clear message, and leaves it as it is', async () => {
    await (await openSqliteEventStore(path)).close();
    const db = new DatabaseSync(path);
    db.exec("INSERT INTO front_row_migrations (name, timestamp) VALUES ('9999-from-the-future', '2030-01-01')");
    db.close();
    await assert.rejects(
      openSqliteEventStore(path),
      /events\.sqlite was written by a newer version of Front Row \(schema 9999-from-the-future/,
    );
    assert.equal(rows('SELECT name FROM front_row_migrations').length, Object.keys(EVENT_MIGRATIONS).length + 1);
  });

  it('EV8 keeps no invitation in a form that opens anything', async () => {
    const { store, close } = await openSqliteEventStore(path);
    const { eventId, labelId, staffId } = await import('../../tests/contract/samples.ts');
    const { Slug } = await import('../../schemas/ids.ts');
    const theme = {
      accent: '#000000',
      background: '#000000',
      surface: '#000000',
      text: '#ffffff',
      logo: '',
      backdrop: '',
      displayFont: '',
      bodyFont: '',
    };
    const bare = {
      title: 'T',
      artist: '',
      doorsAtMs: 0,
      state: 'open',
      emojis: [],
      reservedNames: [],
      allowedOrigins: [],
      setlist: [],
    } as const;
    await store.saveEvent({
      ...bare,
      id: eventId(1),
      labelId: labelId(1),
      labelName: 'L',
      slug: Slug.parse('demo'),
      theme,
      autoplay: false,
    });
    const staff = { id: staffId(1), name: 'Host', rank: 'host', untilMs: null, revoked: false } as const;
    await store.saveInvite({ id: 'the-secret', eventId: eventId(1), staff, rank: 'host', openedAtMs: null });
    await close();
    assert.ok(!JSON.stringify(rows('SELECT * FROM invites')).includes('the-secret'));
  });
});
