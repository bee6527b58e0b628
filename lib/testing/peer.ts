/**
 * Loads an optional peer dependency, which only some tests need.
 *
 * @throws Error with the command to install it
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
