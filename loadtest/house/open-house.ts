/** The house that was asked for. */
import type { Options } from '../options.ts';
import { type House, inviteIn } from './house.ts';
import { type OwnHouseDeps, openCluster, openOne } from './own-house.ts';

/** Resolves once fans can join. */
export async function openHouse(wish: Options['house'], deps: OwnHouseDeps): Promise<House> {
  switch (wish.kind) {
    case 'cluster':
      return openCluster(wish.processes, deps);
    case 'one':
      return openOne(deps);
    case 'remote': {
      const { origins, slug, hostUrl, adminToken, dataDir, databaseUrl } = wish;
      return {
        kind: 'remote',
        origins,
        slug,
        invite: hostUrl === null ? null : inviteIn(hostUrl),
        adminToken,
        isLocal: false,
        dataDir,
        databaseUrl,
        deploy: null,
        async [Symbol.asyncDispose]() {},
      };
    }
  }
}
