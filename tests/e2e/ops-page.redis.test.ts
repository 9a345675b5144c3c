/** The operator's page over real processes: what it says when all is well, and when one of them is killed. */
import assert from 'node:assert/strict';
import type { PartyProcess } from '../support/open-party.ts';
import { type PartyCluster, startPartyCluster } from '../support/party-cluster.ts';
import { enter } from '../support/stranger.ts';
import { until } from '../support/until.ts';

const LOST_WITHIN_MS = 30_000;
const TOKEN = 'a-token-for-the-house';

async function page(process: PartyProcess): Promise<string> {
  return (await fetch(`${process.origin}/ops`, { headers: { connection: 'close' } })).text();
}

const verdictOf = (html: string) => /role="status">([^<]*)</.exec(html)?.[1] ?? '';

describe("the operator's page over several processes", () => {
  let cluster: PartyCluster;
  const origin = () => cluster.processes[0]?.origin ?? '';
  before(async () => {
    cluster = await startPartyCluster(3, { ADMIN_TOKEN: TOKEN });
  });
  after(() => cluster[Symbol.asyncDispose]());

  it('OB12 is for this machine, and from elsewhere for whoever has the token, as a bearer or as a password', async () => {
    const elsewhere = { 'x-forwarded-for': '203.0.113.9', connection: 'close' };
    const status = async (headers: Record<string, string>) => (await fetch(`${origin()}/ops`, { headers })).status;
    const basic = (password: string) => `Basic ${Buffer.from(`me:${password}`).toString('base64')}`;
    assert.equal(await status({ connection: 'close' }), 200);
    assert.equal(await status(elsewhere), 401);
    assert.equal(await status({ ...elsewhere, authorization: `Bearer ${TOKEN}` }), 200);
    assert.equal(await status({ ...elsewhere, authorization: basic(TOKEN) }), 200);
    assert.equal(await status({ ...elsewhere, authorization: basic('wrong') }), 401);
    const asked = await fetch(`${origin()}/ops`, { headers: elsewhere });
    assert.match(asked.headers.get('www-authenticate') ?? '', /^Basic /);
  });

  it('OB12 loads nothing from elsewhere and runs nothing inline', async () => {
    const reply = await fetch(`${origin()}/ops`, { headers: { connection: 'close' } });
    const policy = reply.headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'/);
    assert.doesNotMatch(policy, /unsafe|https?:/);
    const html = await reply.text();
    assert.doesNotMatch(html, /<script(?![^>]*\ssrc=)|\sstyle=|\son\w+=/);
    for (const [, path] of html.matchAll(/(?:href|src)="([^"]+)"/g)) {
      const part = await fetch(`${origin()}${path}`, { headers: { connection: 'close' } });
      assert.equal(part.status, 200, path);
    }
  });

  it('OB13 shows all processes from any of them, and says that all is well', async () => {
    const [first] = cluster.processes;
    assert.ok(first !== undefined);
    const fan = await enter(first.origin, first.slug, { name: 'Ada' });
    for (const process of cluster.processes) {
      await until('it has heard of everybody, and of the fan', async () => {
        return /^All is well: 1 fan, 1 event, \d+ sections, 3 processes\.$/.test(verdictOf(await page(process)));
      });
    }
    for (const process of cluster.processes) {
      const reply = await fetch(`${process.origin}/metrics`, { headers: { connection: 'close' } });
      const value = (name: string, text: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
      const text = await reply.text();
      const beats = value('front_row_beat_length_seconds_count', text);
      // However long nobody had anything to say, no beat is longer than the longest.
      if (beats > 0) assert.equal(value('front_row_beat_length_seconds_bucket\\{le="2"\\}', text), beats);
    }
    await fan.leave();
  });

  it('OB14 says that a killed process is lost and who took its stage over', async () => {
    const victim = await cluster.staged();
    assert.ok(victim !== undefined);
    const place = `:${new URL(victim.origin).port}`;
    await victim.stop('SIGKILL');
    const [witness] = cluster.processes;
    assert.ok(witness !== undefined);
    let html = '';
    await until(
      'it is missed',
      async () => {
        html = await page(witness);
        return verdictOf(html).startsWith('Not well:') && verdictOf(html).includes(`${place} is lost since`);
      },
      LOST_WITHIN_MS,
    );
    assert.match(html, new RegExp(`${place} was lost without a goodbye`));
    assert.match(html, /The stage of demo was taken over by \S+ \(epoch \d+\)/);
    assert.match(verdictOf(html), /In sight: .*2 processes\.$/);
  });

  it('OB14 a process that leaves is not missed', async () => {
    const [witness, other] = cluster.processes;
    assert.ok(witness !== undefined && other !== undefined);
    const place = `:${new URL(other.origin).port}`;
    await until('they know each other', async () => (await page(witness)).includes(`${place}</h3>`));
    await other.stop('SIGTERM');
    await until('its goodbye is heard', async () => (await page(witness)).includes(`${place} said goodbye`));
    assert.ok(!verdictOf(await page(witness)).includes(place));
  });
});
