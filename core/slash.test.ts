import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Rank } from '../schemas/chat.ts';
import { COMMAND_NAMES, COMMANDS } from '../schemas/commands.ts';
import { fanIdOf, lineIdOf, setlistOf, staffIdOf, trackIdOf } from '../tests/support/samples.ts';
import { atLeast } from './moderation.ts';
import { parseSlash, slashHelp, usageOf } from './slash.ts';
import { durationMs, positionMs, type SlashContext } from './slash-args.ts';

const fans: Readonly<Record<string, { id: ReturnType<typeof fanIdOf>; name: string }[]>> = {
  Ada: [{ id: fanIdOf(1), name: 'Ada' }],
  'Ada L': [{ id: fanIdOf(2), name: 'Ada L' }],
  Twin: [3, 4].map((n) => ({ id: fanIdOf(n), name: 'Twin' })),
  Zo: [
    { id: fanIdOf(5), name: 'Zoe' },
    { id: fanIdOf(6), name: 'zo' },
  ],
  Zoey: [{ id: fanIdOf(7), name: 'Zoey Z' }],
  Gone: [],
};
const setlist = setlistOf(60_000, 60_000).map((track, index) => ({ ...track, title: ['Sunrise', 'Sunset'][index] ?? '' }));
const context: SlashContext = {
  rank: 'host',
  setlist,
  staff: [
    { id: staffIdOf(1), name: 'Jo' },
    { id: staffIdOf(2), name: 'Mo' },
  ],
  // A name may be that of something every object has.
  fansNamed: (name) => (Object.hasOwn(fans, name) ? fans[name] : undefined),
  selectedLine: lineIdOf(7),
};

/** The command that the text means, as `[name, payload]`. */
function read(text: string, over: Partial<SlashContext> = {}): readonly [string, unknown] {
  const result = parseSlash(text, { ...context, ...over });
  assert.ok(result.kind === 'command', `${text}: ${JSON.stringify(result)}`);
  return [result.command.name, result.command.payload];
}

/** What is said of a text that is no command. */
function problem(text: string, over: Partial<SlashContext> = {}): string {
  const result = parseSlash(text, { ...context, ...over });
  assert.ok(result.kind === 'error', `${text}: ${JSON.stringify(result)}`);
  return `${result.message} ${result.usage ?? ''}`;
}

describe('typed commands', () => {
  it('SC1 says what is no command, and what begins with two slashes', () => {
    assert.deepEqual(read('hello /pause'), ['say', { text: 'hello /pause' }]);
    assert.deepEqual(read(' //shrug '), ['say', { text: '/shrug' }]);
    assert.match(problem('   '), /\/say text/);
  });

  it('SC2 reads every command that has a typed form, in the order of the registry', () => {
    const expected = {
      play: ['/play', {}],
      pause: ['/PAUSE ', {}],
      skip: ['/skip', {}],
      previous: ['/previous', {}],
      seek: ['/seek 1:30', { toMs: 90_000 }],
      'play-track': ['/play-track sunset', { trackId: trackIdOf(2) }],
      'remove-track': ['/remove-track 1', { trackId: trackIdOf(1) }],
      'move-track': ['/move-track Sunrise 2', { trackId: trackIdOf(1), toIndex: 1 }],
      say: ['/say "hello, you"', { text: 'hello, you' }],
      announce: ['/announce New song: "Sunset"', { text: 'New song: "Sunset"' }],
      'clear-announcement': ['/clear-announcement', {}],
      pin: ['/pin this', { lineId: lineIdOf(7) }],
      unpin: ['/unpin', {}],
      'chat-mode': ['/chat-mode emoji', { mode: 'emoji' }],
      'slow-mode': ['/slow-mode off', { everyMs: 0 }],
      links: ['/links staff', { allow: 'staff' }],
      'delete-line': [`/delete-line ${lineIdOf(3)} very rude`, { lineId: lineIdOf(3), reason: 'very rude' }],
      purge: ['/purge @Ada', { fanId: fanIdOf(1) }],
      'clear-chat': ['/clear-chat', {}],
      mute: ['/mute @Ada 10m spam', { fanId: fanIdOf(1), forMs: 600_000, reason: 'spam' }],
      unmute: ['/unmute Ada', { fanId: fanIdOf(1) }],
      kick: [`/kick ${fanIdOf(9)} 1m`, { fanId: fanIdOf(9), forMs: 60_000 }],
      ban: ['/ban @Ada forever label spam', { fanId: fanIdOf(1), forMs: null, scope: 'label', reason: 'spam' }],
      unban: ['/unban @Ada', { fanId: fanIdOf(1) }],
      doors: ['/doors closed', { open: false }],
      end: ['/end', {}],
      'find-fan': ['/find-fan Ada L', { name: 'Ada L' }],
      invite: ['/invite Bo moderator 2h', { name: 'Bo', rank: 'moderator', forMs: 7_200_000 }],
      revoke: ['/revoke @jo', { staffId: staffIdOf(1) }],
    } as const;
    for (const [name, [text, payload]] of Object.entries(expected)) assert.deepEqual(read(text), [name, payload]);
    assert.deepEqual(
      Object.keys(expected),
      COMMAND_NAMES.filter((name) => 'slash' in COMMANDS[name]),
    );
  });

  it('SC3 takes a name or title in quotes, straight or curly, with the @ inside or out', () => {
    for (const name of ['@"Ada L"', '"@Ada L"', '“Ada L”', '@“Ada L”']) {
      assert.deepEqual(read(`/mute ${name} 10m`), ['mute', { fanId: fanIdOf(2), forMs: 600_000 }]);
    }
    for (const text of ['/mute @"Ada L 10m', '/mute "Ada"L 10m', '/mute “Ada']) assert.match(problem(text), /not closed/);
    assert.deepEqual(read('/say “well, well”'), ['say', { text: 'well, well' }]);
    assert.match(problem('/unmute ""'), /Whose name/);
    assert.match(problem('/say ""'), /will not do/);
  });

  it('SC4 asks to look up a fan whom nobody has asked about yet, and goes on when it is known', () => {
    const unknown = { fansNamed: () => undefined };
    assert.deepEqual(parseSlash('/mute @Zoe 10m', { ...context, ...unknown }), { kind: 'find-fan', name: 'Zoe' });
    assert.deepEqual(read('/unmute Ada'), ['unmute', { fanId: fanIdOf(1) }]);
    assert.deepEqual(read('/unmute @Zo'), ['unmute', { fanId: fanIdOf(6) }], 'the very name before one that resembles it');
    assert.match(problem('/unmute @Zoey'), /Did you mean Zoey Z \(fan_000000000007\)\?/, 'no guess at whom');
    assert.match(problem('/mute @Gone 10m'), /no fan called “Gone”/);
    assert.match(problem('/mute @Twin 10m'), /more than one fan.*fan_000000000003.*fan_000000000004/);
  });

  it('SC5 lets an optional duration be left out before the reason', () => {
    assert.deepEqual(read('/kick @Ada being rude'), ['kick', { fanId: fanIdOf(1), reason: 'being rude' }]);
    assert.deepEqual(read('/kick @Ada'), ['kick', { fanId: fanIdOf(1) }]);
    assert.deepEqual(read('/kick @Ada 90 rude'), ['kick', { fanId: fanIdOf(1), forMs: 90_000, reason: 'rude' }]);
  });

  it('SC6 names what is wrong and how the command is written', () => {
    assert.match(problem('/mute @Ada'), /missing: 10m.*\/mute @fan 10m \[reason\]/);
    assert.match(problem('/mute @Ada soon'), /“soon” is no duration/);
    assert.match(problem('/mute @Ada forever'), /“forever” will not do for \/mute/);
    assert.match(problem('/seek 1:75'), /no position/);
    assert.match(problem('/move-track 1 0'), /no index/);
    assert.match(problem('/doors ajar'), /no on-off/);
    assert.match(problem('/ban @Ada 1h world spam'), /will not do.*event\|label/s);
    assert.match(problem('/invite Bo king 1h'), /moderator\|host\|owner/);
    assert.match(problem('/pause now'), /too much: “now”/);
    assert.match(problem('/pin this', { selectedLine: undefined }), /Which line/);
    assert.match(problem('/pin that'), /Which line/);
    assert.match(problem('/revoke Zed'), /no member of staff called “Zed”/);
    assert.deepEqual(read(`/revoke ${staffIdOf(8)}`), ['revoke', { staffId: staffIdOf(8) }]);
  });

  it('SC7 finds a track by id, place, title, or the beginning of one title', () => {
    const trackOfText = (text: string) => read(`/play-track ${text}`)[1];
    for (const text of [trackIdOf(2), '2', 'SUNSET', 'sunse']) assert.deepEqual(trackOfText(text), { trackId: trackIdOf(2) });
    assert.match(problem('/play-track sun'), /more than one track/);
    assert.match(problem('/play-track 3'), /no track “3”/);
    const titled = setlist.map((track, index) => ({ ...track, title: ['Sun', 'Sunset'][index] ?? '' }));
    assert.deepEqual(read('/play-track sun', { setlist: titled }), ['play-track', { trackId: trackIdOf(1) }]);
  });

  it('SC8 reads positions and durations', () => {
    assert.deepEqual(['90', '1:30', '01:30', '1:02:03', '0:00.5', '1:2', 'x', '1:02:3'].map(positionMs), [
      90_000,
      90_000,
      90_000,
      3_723_000,
      500,
      undefined,
      undefined,
      undefined,
    ]);
    assert.deepEqual(['10m', '1h30m', '45', '2d', '1W', '0', 'off', 'forever', '10x', 'm', ''].map(durationMs), [
      600_000,
      5_400_000,
      45_000,
      172_800_000,
      604_800_000,
      0,
      0,
      null,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('SC9 points to a command that may have been meant, and knows which have no typed form', () => {
    assert.match(problem('/mut @Ada'), /Did you mean \/mute @fan 10m \[reason\]\?/);
    assert.match(problem('/pausee'), /Did you mean \/pause\?/);
    assert.match(problem('/frobnicate'), /no command \/frobnicate to type/);
    assert.match(problem('/add-track x'), /no command \/add-track to type/);
    assert.match(problem('/'), /no command/);
    assert.doesNotMatch(problem('/paus', { rank: 'moderator' }), /Did you mean/, 'only what the rank may do');
  });

  it('SC10 shows each rank the commands that it may give, and refuses the others before they are sent', () => {
    for (const rank of Rank.options) {
      const shown = new Set(slashHelp(rank).map(({ name }) => name));
      for (const name of COMMAND_NAMES.filter((one) => 'slash' in COMMANDS[one])) {
        assert.equal(shown.has(name), atLeast(rank, COMMANDS[name].rank), `${rank} ${name}`);
      }
    }
    assert.match(problem('/pause', { rank: 'moderator' }), /takes a host; you are a moderator/);
    assert.deepEqual(slashHelp('host')[0], { name: 'play', usage: '/play', help: COMMANDS.play.help });
    assert.equal(usageOf('kick'), '/kick @fan [10m] [reason]');
    assert.equal(usageOf('move-track'), '/move-track track place');
    assert.equal(usageOf('chat-mode'), '/chat-mode open|emoji|staff|closed');
    assert.equal(usageOf('add-track'), '/add-track');
  });

  it('SC11 answers any text at all with a command, a question or an error', () => {
    const words = fc.constantFrom('/mute', '/ban', '/kick', '/seek', '/say', '@Ada', '"', '“', '10m', 'event', '//', ' ', '1:30');
    const typed = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.oneof(words, fc.string())).map((all) => all.join(' ')),
    );
    fc.assert(
      fc.property(typed, (text) => {
        const result = parseSlash(text, context);
        if (result.kind === 'command') assert.ok(COMMANDS[result.command.name].payload.safeParse(result.command.payload).success);
        else assert.ok(result.kind === 'find-fan' ? result.name : result.message);
      }),
      { numRuns: 500 },
    );
  });
});
