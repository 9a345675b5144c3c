/** Programs of this machine that we did not bring. */
import { accessSync, constants, readdirSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** Debian keeps PostgreSQL's server programs out of the PATH. */
const DEBIAN_POSTGRES = '/usr/lib/postgresql';

/** Where `name` is, by the PATH; undefined when it is not installed. */
export function findProgram(name: string, path: string): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isProgram);
}

/** The folder with `postgres`, `initdb` and `pg_ctl` of one version; undefined when they are not installed. */
export function findPostgres(path: string): string | undefined {
  const inPath = findProgram('postgres', path);
  const folders = [...(inPath === undefined ? [] : [dirname(realpathSync(inPath))]), ...debianFolders()];
  return folders.find((folder) => ['postgres', 'initdb'].every((name) => isProgram(join(folder, name))));
}

/** Newest first. */
function debianFolders(): string[] {
  try {
    const versions = readdirSync(DEBIAN_POSTGRES).toSorted((a, b) => Number(b) - Number(a));
    return versions.map((version) => join(DEBIAN_POSTGRES, version, 'bin'));
  } catch {
    return [];
  }
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
