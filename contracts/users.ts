import { defineApi, Problem } from 'cdk-trellis/contract';
import * as z from 'zod';

/** One line of text for people: no control characters, which forms and labels cannot show. */
const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .regex(/^\P{Cc}*$/u, 'must be one line');

/** Where parcels go. */
export const Address = z.object({
  recipient: line(100),
  street: line(200),
  postalCode: line(20),
  city: line(100),
  country: z.string().regex(/^[A-Z]{2}$/, 'must be two capital letters, as in CH (ISO 3166)'),
});
export type Address = z.output<typeof Address>;

/** Counts the changes, 0 before the first one; beyond a billion JavaScript would soon lose count. */
const Version = z.int().min(0).max(1_000_000_000);

const details = {
  displayName: line(100),
  address: Address.optional(),
};

export const Profile = z.object({
  userId: z.string(),
  /** Empty until the user has said. */
  displayName: z.string(),
  address: details.address,
  /** Counts the changes, 0 before the first one; a change names the version that it was made from. */
  version: Version,
  updatedAt: z.iso.datetime().optional(),
});
export type Profile = z.output<typeof Profile>;

export const usersApi = defineApi(
  {
    name: 'users',
    version: '1.0.0',
    title: 'Users',
    description: 'What a signed-in user has told the shop about themselves.',
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
      summary: 'Changes the profile, unless it was changed elsewhere first',
      body: z.object({ ...details, version: Version }),
      responses: { 200: Profile, 409: Problem },
    },
  },
);
