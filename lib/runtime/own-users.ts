/**
 * What is bound to a trigger's need of users in place of its pool's id, which would make the pool and the function wait
 * for one another: `trigger` takes the id from the event.
 */
export const OWN_USERS = 'the pool of the event';
