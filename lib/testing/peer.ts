/**
 * Loads a package that only some tests need: it is an optional peer of this library.
 *
 * @throws Error that says what to install
 */
export function peer<Module>(name: string, user: string): Module {
  try {
    return require(name) as Module;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    throw new Error(
      `\`${user}\` needs the package ${name}, which is not installed.\nInstall it: npm install --save-dev ${name}`,
      { cause: error },
    );
  }
}
