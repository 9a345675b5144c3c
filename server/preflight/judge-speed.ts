/** How many fans the CPU bears: a frame to each of them within the longest beat, and all of them through the doors. */
import { COST, type Expected, eventFans, whole } from './capacity.ts';
import { beware, breaks, type Finding, fine } from './finding.ts';
import type { SpeedFacts } from './speed-facts.ts';

/** `speed` undefined: it could not be measured. `cores`: of this machine. */
export function judgeSpeed(cores: number, speed: SpeedFacts | undefined, expected: Expected): Finding[] {
  const { processes, frontHere } = expected;
  // TLS and the second copy of each frame cost as much again as the processes themselves.
  const coresForUs = Math.max(1, frontHere ? Math.floor(cores / 2) : cores);
  const working = Math.min(coresForUs, processes);
  const found = [beats(cores, working, speed, expected), arrivals(working, expected)];
  if (processes >= coresForUs) return found;
  const idle = beware(
    'processes',
    `${processes} of ${cores} cores are used: a process is one core`,
    `PROCESSES=${coresForUs} uses what there is${frontHere ? ' beside the front' : ''}.`,
  );
  return [...found, idle];
}

function beats(cores: number, working: number, speed: SpeedFacts | undefined, expected: Expected): Finding {
  const pace = speed === undefined ? 1 : speed.usPerSend / COST.probeUs;
  const usPerFrame = COST.frameUs * pace;
  const source =
    speed === undefined ? 'as on the reference box' : `this machine takes ${pace.toFixed(1)} times the reference's time`;
  return breaks(
    'beats',
    eventFans((working * COST.beatShare * COST.beatMaxS * 1e6) / usPerFrame, expected),
    `a frame costs ${usPerFrame.toFixed(1)} µs (${source}); ${working} of ${cores} cores send so many within the longest beat, ${COST.beatMaxS} s`,
    'More or faster cores, or another machine: above this, cues and chat come late.',
  );
}

/** A crowd that waits at the doors is no break-down: nobody loses their place. */
function arrivals(working: number, expected: Expected): Finding {
  const perS = eventFans((working * 1_000) / COST.joinMs, expected);
  const takesS = Math.ceil(expected.fans / perS);
  const says = `about ${whole(perS)} fans a second pass the doors (${COST.joinMs} ms each): ${whole(expected.fans)} at once are in after ${takesS} s`;
  if (takesS <= COST.arrivalS) return fine('arrivals', says);
  return beware('arrivals', says, 'More cores or another machine; or let the post go out a few minutes before the music starts.');
}
