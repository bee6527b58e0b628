import type { IUserDirectory } from './user-directory.js';

/** Returns an error for anything but a directory, such as a user pool, which does not know its app clients. */
export function validateUsers(users: IUserDirectory | undefined): string[] {
  if (!users || (users.userPoolArn !== undefined && Array.isArray(users.clientIds))) return [];
  return [
    `\`users\` must be a UserDirectory, or \`{ userPoolArn, clientIds: [...] }\` for another user pool, got ${users.constructor?.name ?? typeof users}`,
  ];
}
