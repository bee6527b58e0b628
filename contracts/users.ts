import { defineApi, Problem } from 'cdk-trellis/contract';
import * as z from 'zod';

/** Creates the schema of a line of text without control characters, which forms and labels cannot display. */
const line = (maxLength: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(maxLength)
    .regex(/^\P{Cc}*$/u, 'must be one line');

/** Delivery address. */
export const Address = z.object({
  recipient: line(100),
  street: line(200),
  postalCode: line(20),
  city: line(100),
  country: z.string().regex(/^[A-Z]{2}$/, 'must be two capital letters, for example CH (ISO 3166)'),
});
export type Address = z.output<typeof Address>;

/** Number of changes, 0 before the first; the maximum keeps it well within JavaScript's safe integers. */
const Version = z.int().min(0).max(1_000_000_000);

const details = {
  displayName: line(100),
  address: Address.optional(),
};

export const Profile = z.object({
  userId: z.string(),
  /** Display name; empty until the user sets it. */
  displayName: z.string(),
  address: details.address,
  /** Number of changes, 0 before the first; an update must send the version that it is based on. */
  version: Version,
  updatedAt: z.iso.datetime().optional(),
});
export type Profile = z.output<typeof Profile>;

export const usersApi = defineApi(
  {
    name: 'users',
    version: '1.0.0',
    title: 'Users',
    description: 'Profiles of signed-in users.',
  },
  {
    getProfile: {
      method: 'GET',
      path: '/me',
      auth: 'user',
      summary: 'The profile of the signed-in user',
      responses: { 200: Profile },
    },
    updateProfile: {
      method: 'PUT',
      path: '/me',
      auth: 'user',
      summary: 'Changes the profile, unless its version has changed',
      body: z.object({ ...details, version: Version }),
      responses: { 200: Profile, 409: Problem },
    },
  },
);
