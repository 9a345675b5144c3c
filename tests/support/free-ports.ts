/**
 * Ports for servers that a test stops and starts again: a client that keeps dialling a dead port in the range that outgoing
 * connections take theirs from can, by chance, connect to itself, and a server that is started again there may find it taken.
 */
import { freePortsFrom } from '../../loadtest/house/free-ports.ts';

/** The first of `count` free ports in a row. */
export const freePorts = (count = 1): Promise<number> => freePortsFrom(count, Math.random);
